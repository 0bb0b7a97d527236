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

WARM_UP = "این کتاب را می خوانم"


def main(script: str) -> None:
    """Normalize standard input; what the package prints itself goes to standard error."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    contestant = runpy.run_path(script)
    normalize = contestant["prepare"]()
    lines = sys.stdin.buffer.read().decode().split("\n")
    normalize(WARM_UP)
    start = time.process_time()
    results = [attempt(normalize, line) for line in lines]
    seconds = time.process_time() - start
    normalized = (line if result is None else result for line, result in zip(lines, results, strict=True))
    with output:
        output.write("".join(re.sub(r"[\r\n]+", " ", line) + "\n" for line in normalized).encode(errors="replace"))
    report = {
        "version": metadata.version(contestant["DISTRIBUTION"]),
        "cpu_seconds": seconds,
        "crashes": results.count(None),
    }
    print(json.dumps(report), file=sys.stderr)


def attempt(normalize: Callable[[str], str], line: str) -> str | None:
    """Return the normalized line, None where a package raises whatever it may."""
    try:
        return str(normalize(line))
    except Exception:
        return None


if __name__ == "__main__":
    main(sys.argv[1])
