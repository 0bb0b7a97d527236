"""Persian half-space (ZWNJ) restoration beside its peers: F1 of the ZWNJ, harm to correct sentences, speed.

Data: sentences of two treebanks, with their half-spaces, with every ZWNJ removed (stripped) and with every ZWNJ as a
space (spaced). Each contestant reads all of it in one process of its own environment.
"""

import argparse
from pathlib import Path
from typing import Any

from benchmarks.bench_halfspace_quality.gold import spell_half_spaces
from benchmarks.bench_halfspace_quality.measure import ZWNJ, harm, zwnj_f1
from benchmarks.contest import Ours, Result, measure_contestants, tabulate_contestants
from benchmarks.environments import choose_contestants
from benchmarks.tables import Table, percent

SOURCES = ("fa_perdt-ud-dev", "fa_seraji-ud-dev")
NEEDS_ALL = True
CONTESTANTS = ("socialtext", "python-negar", "rishe", "shekar", "hazm", "parsivar", "virastar", "farsflow")
OURS = {"socialtext": Ours(("normalize fa standard",), ("fa-halfspace",))}
LABEL = {"fontsize": 8, "rotation": 40}
HERE = Path(__file__).resolve().parent / "contestants"

Figures = dict[str, Any]


def measure(options: argparse.Namespace) -> Figures:
    """Return a row a contestant, with precision, recall and the kinds of harm too."""
    sets = {name.split("-")[0].partition("_")[2]: build_set(options.public.read(name)) for name in SOURCES}
    groups = {(name, kind): lines for name, kinds in sets.items() for kind, lines in kinds.items()}

    def judge(result: Result) -> Figures:
        figures: Figures = {}
        for name, kinds in sets.items():
            gold = kinds["gold"][: result.limit]
            figures[name] = {kind: zwnj_f1(gold, result.outputs[name, kind]) for kind in ("stripped", "spaced")}
            figures[name]["harm"] = harm(gold, result.outputs[name, "gold"])
        return figures

    names = choose_contestants(options.only, CONTESTANTS)
    rows = measure_contestants(HERE, names, groups, options.venvs, judge, OURS)
    return {"sentences": {name: len(kinds["gold"]) for name, kinds in sets.items()}, "rows": rows}


def build_set(sentences: list[str]) -> dict[str, list[str]]:
    """Return sentences in the project's spelling, and the same with their half-spaces damaged in two ways."""
    gold = [spell_half_spaces(sentence) for sentence in sentences]
    return {
        "gold": gold,
        "stripped": [sentence.replace(ZWNJ, "") for sentence in gold],
        "spaced": [sentence.replace(ZWNJ, " ") for sentence in gold],
    }


def tabulate(figures: Figures) -> list[Table]:
    """Return the table."""
    sets = figures["sentences"]

    def read(row: Figures) -> list[str]:
        return [
            percent(value)
            for name in sets
            for value in (row[name]["stripped"]["f1"], row[name]["spaced"]["f1"], row[name]["harm"]["changed"])
        ]

    sizes = ", ".join(f"{size:,} sentences of {name}" for name, size in sets.items())
    columns = [f"{name} {column}" for name in sets for column in ("stripped", "spaced", "harm %")]
    return [tabulate_contestants(f"F1 of the half-spaces × 100, harm; {sizes}", figures["rows"], columns, read)]


def draw(figures: Figures, figure: Any) -> None:
    """Draw F1 against harm: the better, the higher and the further left."""
    axes = figure.subplots(1, len(figures["sentences"]), sharey=True)
    for place, name in zip(axes, figures["sentences"], strict=True):
        for row in figures["rows"]:
            if "unavailable" in row:
                continue
            f1 = [100 * row[name][kind]["f1"] for kind in ("stripped", "spaced")]
            harmed = 100 * row[name]["harm"]["changed"]
            ours = row["contestant"] == "socialtext"
            place.plot([harmed, harmed], f1, "o-", color="C3" if ours else "C0", linewidth=1)
            place.annotate(row["contestant"], (harmed, max(f1)), xytext=(0, 5), textcoords="offset points", **LABEL)
        place.set(xlabel="correct sentences changed, %", title=name, ylim=(-3, 115))
        place.margins(x=0.15)
    axes[0].set_ylabel("F1 of half-spaces × 100:\nspaced and stripped, joined by a line")
