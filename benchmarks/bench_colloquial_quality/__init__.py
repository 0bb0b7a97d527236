"""Colloquial Indonesian beside its peers: BLEU and WER against formal sentences, harm to clean sentences, speed.

Data: a folder with ``stif-NAME.inf`` and ``stif-NAME.for``, informal sentences and their formal twins, and a folder
``sentences`` in or beside it with ``id_*.txt``, clean sentences, one a line. The tokens of the pairs are put
together again, in small letters; placeholders stand for one word or number each. Each contestant reads all of it in
one process of its own environment. What cannot be installed or run stands in the table with the reason.
"""

import argparse
import json
import platform
from pathlib import Path
from typing import Any

from benchmarks.bench_colloquial_quality.measure import bleu, detokenize, harm, word_error_rate
from benchmarks.contest import contest, read_lines
from benchmarks.environments import UnavailableError, choose_contestants

CONTESTANTS = (
    "nothing",
    "socialtext",
    "socialtext-standard",
    "cleaner-id",
    "indo-text-preprocessing",
    "indonlp",
    "basa",
)
HERE = Path(__file__).resolve().parent / "contestants"
CLEAN = "clean"
LABEL_WIDTH = 32

Groups = dict[tuple[str, str], list[str]]
Row = dict[str, Any]


def main(options: argparse.Namespace) -> None:
    """Print the table, or one JSON object with the words that were changed in clean sentences."""
    if options.data is None:
        raise SystemExit("name the folder of the sentence pairs with --data: stif-dev.inf and stif-dev.for")
    groups, formal = read_data(options.data)
    rows = [
        measure_contestant(name, groups, formal, options.venvs)
        for name in choose_contestants(options.only, CONTESTANTS)
    ]
    if options.json:
        facts = {"python": platform.python_version(), "machine": platform.machine()}
        sizes = {" ".join(key): len(lines) for key, lines in groups.items()}
        print(json.dumps({**facts, "sentences": sizes, "rows": rows}, indent=1, ensure_ascii=False))
    else:
        print_table(list(formal), rows)


def read_data(folder: Path) -> tuple[Groups, dict[str, list[str]]]:
    """Return the lines to normalize by kind and name, and the formal lines by name."""
    groups: Groups = {}
    formal = {}
    for path in sorted(folder.glob("stif-*.inf")):
        name = path.stem.removeprefix("stif-")
        if name == "train":
            continue  # learned from
        groups["informal", name] = [detokenize(line) for line in read_lines(path)]
        formal[name] = [detokenize(line) for line in read_lines(path.with_suffix(".for"))]
    sentences = next((place for place in (folder / "sentences", folder.parent / "sentences") if place.is_dir()), folder)
    for path in sorted(sentences.glob("id_*.txt")):
        groups[CLEAN, path.stem] = read_lines(path)
    if not formal or len(groups) == len(formal):
        raise SystemExit(f"{folder}: no stif-NAME.inf with stif-NAME.for, or no sentences/id_*.txt in or beside it")
    return groups, formal


def measure_contestant(name: str, groups: Groups, formal: dict[str, list[str]], venvs: Path) -> Row:
    """Return the figures of one contestant, or the reason why there are none."""
    try:
        result = contest(HERE, name, groups, venvs)
    except UnavailableError as error:
        return {"contestant": name, "unavailable": str(error)}
    row: Row = result.describe(name)
    for data_set, references in formal.items():
        outputs = [output.lower() for output in result.outputs["informal", data_set]]
        references = references[: result.limit]
        row[data_set] = {"bleu": bleu(references, outputs), "wer": word_error_rate(references, outputs)}
    clean = [key for key in groups if key[0] == CLEAN]
    before = [line for key in clean for line in groups[key][: result.limit]]
    row["harm"] = harm(before, [line for key in clean for line in result.outputs[key]])
    return row


def print_table(data_sets: list[str], rows: list[Row]) -> None:
    """Print one row a contestant, and below what the figures do not say."""
    columns = [f"{data_set} {figure}" for data_set in data_sets for figure in ("BLEU", "WER %")] + ["harm %"]
    print(" ".join([f"{'contestant':{LABEL_WIDTH}}", *columns, "   MB/s"]))
    notes = []
    for row in rows:
        label = row["contestant"]
        if "unavailable" in row:
            print(f"{label:{LABEL_WIDTH}} not run: {row['unavailable']}")
            continue
        figures = [figure for name in data_sets for figure in (row[name]["bleu"], 100 * row[name]["wer"])]
        figures.append(100 * row["harm"]["changed"])
        cells = [f"{figure:{len(column)}.1f}" for figure, column in zip(figures, columns, strict=True)]
        print(" ".join([f"{label:{LABEL_WIDTH}}", *cells, f"{row['mb_per_s']:7.2f}"]))
        if row["first_lines"]:
            notes.append(f"{label}: slow, only the first {row['first_lines']} lines of each file")
        if row["crashes"]:
            notes.append(f"{label}: {row['crashes']} lines crashed and count as unchanged")
    print("harm: clean sentences with a word changed; MB of UTF-8 a CPU second. Where the spacing of marks alone")
    print("changes, no word does. --json names the words.")
    print("\n".join(notes), end="\n" if notes else "")
