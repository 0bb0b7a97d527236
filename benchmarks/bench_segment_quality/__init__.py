"""Sentences beside those of other tools, advice units beside simple baselines.

Sentences: a folder with LANG_NAME.txt, one sentence a line. Eight at a time are joined by spaces; a contestant gets
such a piece and writes its sentences; the borders are compared by the letters before them, the end of a piece left out.
Each contestant runs in an environment of its own; what cannot be installed or run stands in the table with the reason.

Units: articles annotated as in `corpora/articles.jsonl`, each fifth predicted by a model of the others, sentences and
blocks given.
"""

import argparse
import json
import platform
from pathlib import Path
from typing import Any

from benchmarks.bench_segment_quality.units import measure_units
from benchmarks.contest import contest
from benchmarks.environments import UnavailableError, choose_contestants

HERE = Path(__file__).resolve().parent
CONTESTANTS = (
    "socialtext", "regex", "icu", "yasbd", "sentencex", "simplemma", "nupunkt", "spacy", "pysbd", "syntok", "blingfire",
    "hazm",
)  # fmt: skip
N_SENTENCES = 8
LABEL_WIDTH = 24

Row = dict[str, Any]


def main(options: argparse.Namespace) -> None:
    """Print the tables, or one JSON object."""
    sentences = []
    pieces: dict[str, list[list[str]]] = {}
    if options.data is not None:
        pieces = read_pieces(options.data)
        sentences = [
            measure_contestant(name, pieces, options.venvs) for name in choose_contestants(options.only, CONTESTANTS)
        ]
    units = measure_units()
    if options.json:
        facts = {"python": platform.python_version(), "machine": platform.machine()}
        print(json.dumps({**facts, "sentences": sentences, "units": units}, indent=1))
        return
    if options.data is None:
        print("sentences not measured: name a folder with LANG_NAME.txt, one sentence a line, with --data\n")
    else:
        print_sentences(list(pieces), sentences)
    print(f"{'units of':{LABEL_WIDTH}} border F1  exact F1")
    for row in units:
        print(f"{row['contestant']:{LABEL_WIDTH}} {100 * row['border_f1']:9.1f} {100 * row['exact_unit_f1']:9.1f}")


def read_pieces(folder: Path) -> dict[str, list[list[str]]]:
    """Return the pieces of each file, as lists of sentences."""
    pieces = {}
    for path in sorted(folder.glob("??_*.txt")):
        lines = [line.strip() for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        pieces[path.stem] = [lines[at : at + N_SENTENCES] for at in range(0, len(lines), N_SENTENCES)]
    if not pieces:
        raise SystemExit(f"no LANG_NAME.txt in {folder}: name the folder with --data")
    return pieces


def count_letters(sentences: list[str]) -> set[int]:
    """Return the borders between sentences, each as the number of characters before it that are no space."""
    borders = set()
    n_before = 0
    for sentence in sentences[:-1]:
        n_before += len("".join(sentence.split()))
        borders.add(n_before)
    return borders


def measure_contestant(name: str, pieces: dict[str, list[list[str]]], venvs: Path) -> Row:
    """Return F1 of the borders in each file and the speed, or the reason why there are none."""
    groups = {
        (stem, stem[:2]): [f"{stem[:2]}\t{' '.join(sentences)}" for sentences in lists]
        for stem, lists in pieces.items()
    }
    try:
        result = contest(HERE / "contestants", name, groups, venvs)
    except UnavailableError as error:
        return {"contestant": name, "unavailable": str(error)}
    row: Row = {
        "contestant": f"{name} {result.version}",
        "crashes": result.crashes,
        "mb_per_s": result.n_bytes / 1e6 / result.cpu_seconds,
    }
    for key, outputs in result.outputs.items():
        n_right = n_true = n_found = 0
        for sentences, output in zip(pieces[key[0]], outputs, strict=False):
            true, found = count_letters(sentences), count_letters([part for part in output.split("\t") if part.strip()])
            n_right += len(true & found)
            n_true += len(true)
            n_found += len(found)
        row[key[0]] = 2 * n_right / (n_true + n_found) if n_found else 0.0
    return row


def print_sentences(stems: list[str], rows: list[Row]) -> None:
    """Print one row a contestant."""
    print(" ".join([f"{'sentences of':{LABEL_WIDTH}}", *(f"{stem:>18}" for stem in stems), "   MB/s"]))
    for row in rows:
        if "unavailable" in row:
            print(f"{row['contestant']:{LABEL_WIDTH}} not run: {row['unavailable']}")
            continue
        cells = [f"{100 * row[stem]:18.1f}" for stem in stems]
        print(" ".join([f"{row['contestant']:{LABEL_WIDTH}}", *cells, f"{row['mb_per_s']:7.1f}"]))
    print()
