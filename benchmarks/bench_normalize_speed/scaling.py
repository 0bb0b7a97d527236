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
from typing import Any

from benchmarks.bench_normalize_speed.data import read_lines
from benchmarks.clock import PROC, read_status, take_turns
from socialtext.types import LANGUAGES

POWERS = {"fast": 7, "regular": 8, "large": 8}
"""Of the largest size in bytes, by profile."""
FORMS = {"with line breaks": "\n", "one line": " "}
N_ROUNDS = 5
N_STRINGS = 1_000_000


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


def measure_lengths(profile: str) -> list[dict[str, Any]]:
    """Return CPU ns per code point by language, form and size, beside those of decoding the same text.

    Of the largest size, where the system tells it, also the peak memory of normalizing.
    """
    sizes = [10**power for power in range(1, POWERS[profile] + 1)]
    rows = []
    for lang in LANGUAGES:
        normalize = build_normalizer(lang).normalize
        for form in FORMS:
            for n_bytes in sizes:
                rows.append({"lang": lang, "form": form, "bytes": n_bytes})
                rows[-1] |= measure_length(normalize, build_text(lang, form, n_bytes))
                if n_bytes == max(sizes) and PROC.exists():
                    rows[-1]["peak_inputs"] = measure_apart(lang, form, n_bytes)
    return rows


def measure_length(normalize: Callable[[str], str], text: str) -> dict[str, float]:
    """Return the medians of normalizing and of decoding, taken in turns."""
    encoded = text.encode()
    calls: dict[str, Callable[[], object]] = {
        "ns_per_code_point": lambda: normalize(text),
        "decode_ns_per_code_point": encoded.decode,
    }
    timings = take_turns(calls, N_ROUNDS)
    return {name: statistics.median(timing.cpu) / len(text) * 1e9 for name, timing in timings.items()}


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
                "mb_per_s": {str(n_threads): mb / statistics.median(seconds) for n_threads, seconds in rounds.items()},
                "gain": gain,
                "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
                "load": os.getloadavg()[0],
            }
        )
    return rows


if __name__ == "__main__":
    print(measure_peak(sys.argv[1], sys.argv[2], int(sys.argv[3])))
