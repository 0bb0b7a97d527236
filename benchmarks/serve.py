"""Run one contestant in its own environment: ``python -P serve.py contestants/NAME.py < sentences > normalized``.

The script of a contestant has ``DISTRIBUTION``, the installed package, and ``prepare()``, which returns the function
from text to text with the defaults of that package. One line is written for each line read; a line at which the
function fails is written as it came. Then follows a JSON object on standard error.
"""

import json
import os
import re
import runpy
import sys
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path


def main(script: str) -> None:
    """Normalize standard input; what the package prints itself goes to standard error."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    contestant = runpy.run_path(script)
    normalize = contestant["prepare"]()
    lines = sys.stdin.buffer.read().decode().split("\n")
    attempt(normalize, lines[0])  # loads what it needs
    wall, cpu = time.perf_counter(), time.process_time()
    results = [attempt(normalize, line) for line in lines]
    seconds = {"cpu_seconds": time.process_time() - cpu, "wall_seconds": time.perf_counter() - wall}
    normalized = (line if result is None else result for line, result in zip(lines, results, strict=True))
    with output:
        output.write("".join(re.sub(r"[\r\n]+", " ", line) + "\n" for line in normalized).encode(errors="replace"))
    report = {
        "version": metadata.version(contestant["DISTRIBUTION"]),
        **seconds,
        "peak_mib": peak_mib(),
        "crashes": results.count(None),
    }
    print(json.dumps(report), file=sys.stderr)


def peak_mib() -> float:
    """Return the largest resident memory of this process; not a number where the system has no ``/proc``."""
    status = Path("/proc/self/status")
    peak = re.search(r"^VmHWM:\s*(\d+)", status.read_text(), re.MULTILINE) if status.exists() else None
    return int(peak[1]) / 1024 if peak else float("nan")


def attempt(normalize: Callable[[str], str], line: str) -> str | None:
    """Return the normalized line, None where a package raises whatever it may."""
    try:
        return str(normalize(line))
    except Exception:
        return None


if __name__ == "__main__":
    main(sys.argv[1])
