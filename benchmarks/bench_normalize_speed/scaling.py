"""How the normalizer scales: with the length of one string, in memory, and with threads over an Arrow array.

Run as a program it measures the peak of one call in a process of its own: ``python -m
benchmarks.bench_normalize_speed.scaling LANG FORM N_BYTES``.
"""

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.bench_normalize_speed.data import LANGUAGES, read_lines

SIZES = tuple(10**power for power in range(1, 9))
MEMORY_SIZE = 10**8
FORMS = {"with line breaks": "\n", "one line": " "}
N_ROUNDS = 5
ROUND_S = 0.01
N_STRINGS = 1_000_000
STATUS = Path("/proc/self/status")


def build_normalizer(lang: str) -> Any:
    """Return the standard profile without the repairs of half-spaces and colloquial words."""
    from socialtext import Normalizer
    from socialtext.normalize.steps import STEPS

    repairs_off: dict[str, Any] = dict.fromkeys({"halfspace", "colloquial"} & STEPS.keys(), False)
    return Normalizer(lang, **repairs_off)


def build_text(lang: str, form: str, n_bytes: int) -> str:
    """Return a text of about this many bytes of UTF-8, made without a larger one."""
    part = FORMS[form].join(read_lines(lang)) + FORMS[form]
    n_part = len(part.encode())
    if n_bytes < n_part:
        return part[: max(1, round(n_bytes * len(part) / n_part))]
    return part * round(n_bytes / n_part)


def measure_lengths() -> list[dict[str, Any]]:
    """Return CPU ns per code point by language, form and size, beside those of decoding the same text.

    Where the system tells it, also the peak memory of normalizing.
    """
    rows = []
    for lang in LANGUAGES:
        normalize = build_normalizer(lang).normalize
        for form in FORMS:
            for n_bytes in SIZES:
                rows.append({"lang": lang, "form": form, "bytes": n_bytes})
                rows[-1] |= measure_length(normalize, build_text(lang, form, n_bytes))
                if n_bytes == MEMORY_SIZE and STATUS.exists():
                    rows[-1]["peak_inputs"] = measure_apart(lang, form, n_bytes)
    return rows


def measure_length(normalize: Callable[[str], str], text: str) -> dict[str, float]:
    """Return the medians of normalizing and of decoding, taken in turns."""
    encoded = text.encode()
    calls: dict[str, Callable[[], object]] = {
        "ns_per_code_point": lambda: normalize(text),
        "decode_ns_per_code_point": encoded.decode,
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(N_ROUNDS):
        for name, call in calls.items():
            seconds[name].append(time_call(call))
    return {name: statistics.median(times) / len(text) * 1e9 for name, times in seconds.items()}


def time_call(run: Callable[[], object]) -> float:
    """Return the CPU seconds of a call, repeated until the clock can tell."""
    n_calls = 1
    while True:
        start = time.process_time()
        for _ in range(n_calls):
            run()
        seconds = time.process_time() - start
        if seconds >= ROUND_S / 2:
            return seconds / n_calls
        n_calls *= max(2, min(1000, round(ROUND_S / max(seconds, 1e-6))))


def measure_apart(lang: str, form: str, n_bytes: int) -> float:
    """Return the peak in multiples of the input, from a fresh process."""
    command = [sys.executable, "-m", "benchmarks.bench_normalize_speed.scaling", lang, form, str(n_bytes)]
    return float(subprocess.run(command, check=True, capture_output=True).stdout)


def measure_peak(lang: str, form: str, n_bytes: int) -> float:
    """Return the peak of resident memory that input and call together add, in multiples of the input's own size."""
    normalize = build_normalizer(lang).normalize
    normalize(build_text(lang, form, 10_000))
    gc.collect()
    before = read_status("VmRSS")
    text = build_text(lang, form, n_bytes)
    normalize(text)
    return (read_status("VmHWM") - before) / sys.getsizeof(text)


def read_status(name: str) -> int:
    """Return a figure of the process in bytes (Linux)."""
    for line in STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise KeyError(name)


def measure_threads() -> list[dict[str, Any]]:
    """Return the wall seconds of one and of two threads over the same Arrow array of a million strings."""
    import pyarrow

    rows: list[dict[str, Any]] = []
    for lang in LANGUAGES:
        normalizer, lines = build_normalizer(lang), read_lines(lang)
        array = pyarrow.array((lines * (N_STRINGS // len(lines) + 1))[:N_STRINGS])
        try:
            normalizer.normalize_batch(array[:2])
        except Exception as error:
            rows.append({"lang": lang, "unavailable": f"no Arrow arrays: {type(error).__name__}: {error}"[:150]})
            continue
        rounds: dict[int, list[float]] = {1: [], 2: []}
        with ThreadPoolExecutor(2) as pool:
            for _ in range(N_ROUNDS):
                for n_threads, seconds in rounds.items():
                    size = N_STRINGS // n_threads
                    parts = [array.slice(start, size) for start in range(0, N_STRINGS, size)]
                    start_s = time.perf_counter()
                    list(pool.map(normalizer.normalize_batch, parts))
                    seconds.append(time.perf_counter() - start_s)
        gain = statistics.median(one / two for one, two in zip(rounds[1], rounds[2], strict=True))
        mb = array.nbytes / 1e6
        rows.append(
            {
                "lang": lang,
                "strings": N_STRINGS,
                "mb_per_s": {n_threads: mb / statistics.median(seconds) for n_threads, seconds in rounds.items()},
                "gain": gain,
                "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
                "load": os.getloadavg()[0],
            }
        )
    return rows


if __name__ == "__main__":
    print(measure_peak(sys.argv[1], sys.argv[2], int(sys.argv[3])))
