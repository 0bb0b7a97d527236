"""Sentences beside those of other tools, advice units beside simple baselines.

Sentences: eight of a treebank at a time are joined by spaces; a contestant gets such a piece and writes its sentences;
the borders are compared by the letters before them, the end of a piece left out. Each contestant runs in an environment
of its own.

Units: articles annotated as in `corpora/articles.jsonl`, each fifth predicted by a model of the others, sentences and
blocks given.
"""

import argparse
from pathlib import Path
from typing import Any

from benchmarks.bench_segment_quality.units import measure_units
from benchmarks.contest import Ours, Result, digest_models, measure_contestants, tabulate_contestants
from benchmarks.environments import choose_contestants
from benchmarks.tables import Table, percent

SOURCES = ("fa_perdt-ud-dev", "fa_seraji-ud-dev", "id_gsd-ud-dev", "id_csui-ud-train")
CONTESTANTS = (
    "socialtext", "regex", "icu", "yasbd", "sentencex", "simplemma", "nupunkt", "spacy", "pysbd", "syntok", "blingfire",
    "hazm",
)  # fmt: skip
OURS = {"socialtext": Ours(("sentences fa", "sentences id"), ())}
HERE = Path(__file__).resolve().parent
N_SENTENCES = 8

Figures = dict[str, Any]
Pieces = dict[str, list[list[str]]]


def measure(options: argparse.Namespace) -> Figures:
    """Return a row a contestant for the sentences, where they are there, and for the units."""
    there = [name for name in SOURCES if options.public.find(name)]
    pieces = {name: cut([line for line in options.public.read(name) if line.strip()]) for name in there}
    groups = {
        (name, name[:2]): [f"{name[:2]}\t{' '.join(sentences)}" for sentences in lists]
        for name, lists in pieces.items()
    }

    def judge(result: Result) -> Figures:
        return {"f1": {name: border_f1(pieces[name], outputs) for (name, _), outputs in result.outputs.items()}}

    names = choose_contestants(options.only, CONTESTANTS) if there else []
    sentences = measure_contestants(HERE / "contestants", names, groups, options.venvs, judge, OURS)
    return {"treebanks": there, "sentences": sentences, "units": measure_units(), "models": digest_models("units")}


def cut(sentences: list[str]) -> list[list[str]]:
    """Return the sentences as pieces of eight."""
    stripped = [sentence.strip() for sentence in sentences]
    return [stripped[at : at + N_SENTENCES] for at in range(0, len(stripped), N_SENTENCES)]


def border_f1(pieces: list[list[str]], outputs: list[str]) -> float:
    """Return F1 of the borders within the pieces; a slow contestant has written the first ones alone."""
    n_right = n_true = n_found = 0
    for sentences, output in zip(pieces, outputs, strict=False):
        true, found = count_letters(sentences), count_letters([part for part in output.split("\t") if part.strip()])
        n_right += len(true & found)
        n_true += len(true)
        n_found += len(found)
    return 2 * n_right / (n_true + n_found) if n_found else 0.0


def count_letters(sentences: list[str]) -> set[int]:
    """Return the borders between sentences, each as the number of characters before it that are no space."""
    borders = set()
    n_before = 0
    for sentence in sentences[:-1]:
        n_before += len("".join(sentence.split()))
        borders.add(n_before)
    return borders


def tabulate(figures: Figures) -> list[Table]:
    """Return the tables."""
    units = [(row["contestant"], percent(row["border_f1"]), percent(row["exact_unit_f1"])) for row in figures["units"]]
    released = figures["models"]["units"][:12]
    note = f"socialtext: models of the folds; that of the release, sha256 {released}…, learned from all articles alike"
    title = "F1 of advice units × 100, on the annotated articles"
    tables = [Table(title, ("units of", "borders", "exact units"), units, [note])]
    if treebanks := figures["treebanks"]:

        def read(row: Figures) -> list[str]:
            return [percent(row["f1"][name]) for name in treebanks]

        title = "F1 of sentence borders × 100"
        tables.insert(0, tabulate_contestants(title, figures["sentences"], treebanks, read))
    return tables


def draw(figures: Figures, figure: Any) -> None:
    """Draw the F1 of the borders on each treebank."""
    rows = [row for row in figures["sentences"] if "unavailable" not in row]
    axes = figure.subplots(1, len(figures["treebanks"]), sharey=True)
    for place, name in zip(axes, figures["treebanks"], strict=True):
        values = [100 * row["f1"][name] for row in rows]
        colours = ["C3" if row["contestant"] == "socialtext" else "C0" for row in rows]
        bars = place.barh(range(len(rows)), values, color=colours)
        place.bar_label(bars, fmt="%.1f", padding=2, fontsize=7)
        place.set(title=name, xlim=(60, 107), yticks=range(len(rows)), yticklabels=[row["contestant"] for row in rows])
        place.title.set_fontsize(9)
    axes[0].invert_yaxis()
    figure.supxlabel("F1 of sentence borders × 100; the axis begins at 60", fontsize=9)
