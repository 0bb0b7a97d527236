"""Hold the speed of the stages to what was kept: ratios to the floors, which a slower machine changes little.

A ratio that has fallen by more than `ROOM` is measured again, and again; only one that stays below fails.
"""

import sys
from collections.abc import Callable, Iterable

from benchmarks import runner
from benchmarks.bench_segment_speed import OUTPUTS, measure_language
from socialtext.types import LANGUAGES

ROOM = 1.5
"""How many times as slow against its floor a stage may be."""
COPIES = {("id", "decode UTF-8")}
"""Decoding ASCII is copying it: a matter of the memory, in which machines differ more than the room allows."""
N_ROUNDS = 3
N_ATTEMPTS = 4

Ratios = dict[tuple[str, str, str], float]
"""By language, stage and floor."""


def guard() -> int:
    """Compare the stages with the kept ratios; say which have fallen, and return the exit code."""
    kept = read_ratios(runner.read_results()["segment_speed"]["figures"]["rows"])
    fallen = find_fallen(kept, measure_ratios)
    for (lang, stage, floor), ratio in fallen.items():
        before = kept[lang, stage, floor]
        print(f"{stage}, {lang}: {ratio:.4f} of {floor}, was {before:.4f}", file=sys.stderr)
    print(f"{len(kept) - len(fallen)} ratios to the floors hold, {len(fallen)} have fallen {ROOM}-fold or more")
    return int(bool(fallen))


def measure_ratios(langs: Iterable[str]) -> Ratios:
    """Return the ratios of some languages, by their fastest rounds."""
    return read_ratios(row for lang in langs for row in measure_language(lang, N_ROUNDS))


def read_ratios(rows: Iterable[runner.Result]) -> Ratios:
    """Return the ratios of the stages to the floors."""
    return {
        (row["lang"], row["stage"], floor): ratio
        for row in rows
        if row["stage"] in OUTPUTS
        for floor, ratio in row["best_ratios"].items()
        if (row["lang"], floor) not in COPIES
    }


def find_fallen(kept: Ratios, measure: Callable[[Iterable[str]], Ratios]) -> Ratios:
    """Return the ratios that stay below what was kept, each the best of several attempts."""
    best: Ratios = dict.fromkeys(kept, 0.0)
    langs: Iterable[str] = LANGUAGES
    for _ in range(N_ATTEMPTS):
        for key, ratio in measure(langs).items():
            best[key] = max(ratio, best.get(key, 0.0))
        fallen = {key: best[key] for key, ratio in kept.items() if best[key] * ROOM <= ratio}
        if not fallen:
            break
        langs = sorted({lang for lang, _, _ in fallen})
    return fallen
