"""Speed of the normalizer, line by line, against Python's own UTF-8 decoding of the same lines in the same run.

Data: the lines of the sample articles of the package, as crawled and once normalized. Figures: MB of UTF-8 per CPU
second, median of the rounds; contestants take turns, so that a change of the machine's speed hits all alike.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from importlib.resources import files

import socialtext as st

N_ROUNDS = 9
N_REPEATS = 8


def main(options: argparse.Namespace) -> None:
    """Print the table, or one JSON object."""
    rows = [row for lang in ("ar", "fa", "id") for row in measure_language(lang)]
    if options.json:
        facts = {"python": platform.python_version(), "socialtext": st.__version__, "machine": platform.machine()}
        print(json.dumps({**facts, "rows": rows}, indent=1))
        return
    print(f"{'lang':5}{'contestant':26}{'MB/s':>8}{'of decode':>11}")
    for row in rows:
        print(f"{row['lang']:5}{row['contestant']:26}{row['mb_per_s']:8.0f}{row['of_decode']:11.2f}")


def measure_language(lang: str) -> list[dict[str, object]]:
    """Return one row a contestant."""
    folder = files("socialtext") / "corpora" / "articles"
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.startswith(lang)]
    lines = [line for text in texts for line in text.split("\n") if line] * N_REPEATS
    encoded = [line.encode() for line in lines]
    n_bytes = sum(map(len, encoded))
    contestants: dict[str, Callable[[], object]] = {"decode UTF-8": lambda: [line.decode() for line in encoded]}
    for profile in ("standard", "search", "minimal"):
        normalizer = st.Normalizer(lang, profile=profile)
        clean = normalizer.normalize_batch(lines)
        contestants[f"{profile}, as crawled"] = lambda n=normalizer: n.normalize_batch(lines)
        contestants[f"{profile}, normalized"] = lambda n=normalizer, c=clean: n.normalize_batch(c)
        contestants[f"{profile}, align"] = lambda n=normalizer: [n.align(line) for line in lines]
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(N_ROUNDS):
        for name, run in contestants.items():
            start = time.process_time()
            run()
            seconds[name].append(time.process_time() - start)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    decode = medians["decode UTF-8"]
    return [
        {"lang": lang, "contestant": name, "mb_per_s": n_bytes / 1e6 / value, "of_decode": value / decode}
        for name, value in medians.items()
    ]
