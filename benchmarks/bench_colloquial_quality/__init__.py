"""Colloquial Indonesian in formal words beside its peers: BLEU and word error rate, harm to clean sentences, speed.

Data: informal sentences with their formal twins, and clean sentences. The tokens of the pairs are put together again,
in small letters; placeholders stand for one word or number each. Each contestant reads all of it in one process of its
own environment.
"""

import argparse
from pathlib import Path
from typing import Any

from benchmarks.bench_colloquial_quality.measure import bleu, detokenize, harm, word_error_rate
from benchmarks.contest import Ours, Result, measure_contestants, tabulate_contestants
from benchmarks.environments import choose_contestants
from benchmarks.tables import Table, percent

PAIRS = ("stif-dev.inf", "stif-dev.for")
CLEAN = ("id_gsd-ud-dev", "id_csui-ud-train")
SOURCES = (*PAIRS, *CLEAN)
NEEDS_ALL = True
CONTESTANTS = (
    "nothing", "socialtext", "socialtext-standard", "cleaner-id", "indo-text-preprocessing", "indonlp", "basa",
)  # fmt: skip
OURS = {
    "socialtext": Ours(("normalize id formal",), ("id-colloquial",)),
    "socialtext-standard": Ours(("normalize id standard",), ("id-colloquial",)),
}
HERE = Path(__file__).resolve().parent / "contestants"

Figures = dict[str, Any]


def measure(options: argparse.Namespace) -> Figures:
    """Return a row a contestant, with the words that it changed in clean sentences."""
    informal, formal = ([detokenize(line) for line in options.public.read(name)] for name in PAIRS)
    groups = {("informal", PAIRS[0]): informal, **{("clean", name): options.public.read(name) for name in CLEAN}}

    def judge(result: Result) -> Figures:
        outputs = [output.lower() for output in result.outputs["informal", PAIRS[0]]]
        references = formal[: result.limit]
        before = [line for name in CLEAN for line in groups["clean", name][: result.limit]]
        return {
            "bleu": bleu(references, outputs),
            "wer": word_error_rate(references, outputs),
            "harm": harm(before, [line for name in CLEAN for line in result.outputs["clean", name]]),
        }

    names = choose_contestants(options.only, CONTESTANTS)
    rows = measure_contestants(HERE, names, groups, options.venvs, judge, OURS)
    return {"sentences": {" ".join(key): len(lines) for key, lines in groups.items()}, "rows": rows}


def tabulate(figures: Figures) -> list[Table]:
    """Return the table."""

    def read(row: Figures) -> list[str]:
        return [f"{row['bleu']:.1f}", percent(row["wer"]), percent(row["harm"]["changed"])]

    sizes = ", ".join(f"{size:,} {name}" for name, size in figures["sentences"].items())
    title = f"Against the formal twins, and clean sentences with a word changed; {sizes}"
    return [tabulate_contestants(title, figures["rows"], ("BLEU", "WER %", "harm %"), read)]


def draw(figures: Figures, figure: Any) -> None:
    """Draw BLEU against harm: the better, the higher and the further left."""
    axes = figure.subplots()
    rows = [row for row in figures["rows"] if "unavailable" not in row]
    for at, row in enumerate(sorted(rows, key=lambda row: (row["bleu"], row["contestant"]))):
        place = (100 * row["harm"]["changed"], row["bleu"])
        axes.plot(*place, "o", color="C3" if row["contestant"].startswith("socialtext") else "C0")
        axes.annotate(
            row["contestant"], place, xytext=(6, -10 if at % 2 else 5), textcoords="offset points", fontsize=8
        )
    axes.set(xlabel="clean sentences with a word changed, %", ylabel="BLEU against formal twins")
    axes.margins(x=0.25, y=0.15)
