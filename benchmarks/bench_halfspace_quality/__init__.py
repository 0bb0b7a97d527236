"""Persian half-space (ZWNJ) restoration beside its peers: F1 of the ZWNJ, harm to correct sentences, speed.

Data: a folder with NAME-dev.gold.txt, NAME-dev.stripped.txt (every ZWNJ removed) and NAME-dev.spaced.txt (every ZWNJ
a space), one sentence a line. Each contestant reads all of it in one process of its own environment. What cannot be
installed or run stands in the table with the reason.
"""

import argparse
import json
import platform
from pathlib import Path
from typing import Any

from benchmarks.bench_halfspace_quality.measure import harm, zwnj_f1
from benchmarks.contest import contest, read_lines
from benchmarks.environments import UnavailableError, choose_contestants

CONTESTANTS = ("socialtext", "python-negar", "rishe", "shekar", "hazm", "parsivar", "virastar", "farsflow")
HERE = Path(__file__).resolve().parent / "contestants"
KINDS = ("gold", "stripped", "spaced")
LABEL_WIDTH = 24

DataSets = dict[str, dict[str, list[str]]]
Row = dict[str, Any]


def main(options: argparse.Namespace) -> None:
    """Print the table, or one JSON object with the precision, recall and kinds of harm too."""
    if options.data is None:
        raise SystemExit("name the folder of the sentences with --data: sentences of UD Persian-PerDT and -Seraji")
    sets = read_data(options.data)
    rows = [measure_contestant(name, sets, options.venvs) for name in choose_contestants(options.only, CONTESTANTS)]
    if options.json:
        facts = {"python": platform.python_version(), "machine": platform.machine()}
        sizes = {name: len(kinds["gold"]) for name, kinds in sets.items()}
        print(json.dumps({**facts, "sentences": sizes, "rows": rows}, indent=1))
    else:
        print_table(list(sets), rows)


def read_data(folder: Path) -> DataSets:
    """Return the lines by name and kind; the three files of a name must have equally many."""
    names = sorted(path.name.removesuffix("-dev.gold.txt") for path in folder.glob("*-dev.gold.txt"))
    if not names:
        raise SystemExit(f"no NAME-dev.gold.txt in {folder}: name the folder with --data")
    sets = {name: {kind: read_lines(folder / f"{name}-dev.{kind}.txt") for kind in KINDS} for name in names}
    for name, kinds in sets.items():
        if len({len(lines) for lines in kinds.values()}) != 1:
            raise SystemExit(f"{folder}: the files of {name} differ in their number of lines")
    return sets


def measure_contestant(name: str, sets: DataSets, venvs: Path) -> Row:
    """Return the figures of one contestant, or the reason why there are none."""
    groups = {(data_set, kind): lines for data_set, kinds in sets.items() for kind, lines in kinds.items()}
    try:
        result = contest(HERE, name, groups, venvs)
    except UnavailableError as error:
        return {"contestant": name, "unavailable": str(error)}
    row: Row = result.describe(name)
    for data_set, kinds in sets.items():
        gold = kinds["gold"][: result.limit]
        row[data_set] = {kind: zwnj_f1(gold, result.outputs[data_set, kind]) for kind in ("stripped", "spaced")}
        row[data_set]["harm"] = harm(gold, result.outputs[data_set, "gold"])
    return row


def print_table(data_sets: list[str], rows: list[Row]) -> None:
    """Print one row a contestant, and below what the figures do not say."""
    columns = [f"{data_set} {figure}" for data_set in data_sets for figure in ("stripped", "spaced", "harm %")]
    print(" ".join([f"{'contestant':{LABEL_WIDTH}}", *columns, "   MB/s"]))
    notes = []
    for row in rows:
        label = row["contestant"]
        if "unavailable" in row:
            print(f"{label:{LABEL_WIDTH}} not run: {row['unavailable']}")
            continue
        figures = [
            100 * figure
            for data_set in data_sets
            for figure in (
                row[data_set]["stripped"]["f1"],
                row[data_set]["spaced"]["f1"],
                row[data_set]["harm"]["changed"],
            )
        ]
        cells = [f"{figure:{len(column)}.1f}" for figure, column in zip(figures, columns, strict=True)]
        print(" ".join([f"{label:{LABEL_WIDTH}}", *cells, f"{row['mb_per_s']:7.2f}"]))
        if row["first_lines"]:
            notes.append(f"{label}: slow, only the first {row['first_lines']} lines of each file")
        if row["crashes"]:
            notes.append(f"{label}: {row['crashes']} lines crashed and count as unchanged")
    print("stripped, spaced: F1 of the ZWNJ; harm: correct sentences whose spaces or ZWNJ change; MB a CPU second")
    print("\n".join(notes), end="\n" if notes else "")
