"""Time and memory of each stage from 1 kB to 1 GB, and the exponent: 1 is linear.

Each size is measured in a process of its own, several times over, the sizes in turns. A corpus is read document by
document, as a run reads it; a document is held whole.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
from itertools import groupby
from typing import Any

from benchmarks.bench_scaling.stages import STAGES
from benchmarks.outputs import as_released
from benchmarks.tables import Table, digits

FORMS = ("corpus", "document")
POWERS = {"fast": 6, "regular": 8, "large": 9}
"""Of the largest corpus in bytes, by profile."""
LONGEST_DOCUMENT = 10**7
TIME_UNITS = ((1.0, "s"), (1e-3, "ms"))
N_ROUNDS = 3
LONG = 10**7
"""What is longer is measured once."""
STARTS = (10**3, 10**4)
"""From where on the exponent is fitted: in the first kB the fixed cost of a call counts."""

Figures = dict[str, Any]


def measure(options: argparse.Namespace) -> Figures:
    """Return the rounds of each stage, form and size, and the exponents fitted to them."""
    sizes = [10**power for power in range(3, POWERS[options.profile] + 1)]
    wanted = [
        (stage, form, size)
        for stage in STAGES
        for form in FORMS
        for size in sizes
        if form == "corpus" or size <= LONGEST_DOCUMENT
    ]
    rounds: dict[tuple[str, str, int], list[Figures]] = {key: [] for key in wanted}
    for number in range(N_ROUNDS):
        for key in wanted:
            if number == 0 or key[2] <= LONG:
                rounds[key].append(measure_apart(*key))
    rows = [describe(*key, found) for key, found in rounds.items()]
    for row in rows:
        row["as_released"] = as_released(*STAGES[row["stage"]].outputs)
    groups = [list(group) for _, group in groupby(rows, key=lambda row: (row["stage"], row["form"]))]
    fits = [fit([row for row in group if row["size"] >= start]) for group in groups for start in STARTS]
    return {"rows": rows, "fits": fits}


def measure_apart(stage: str, form: str, n_bytes: int) -> Figures:
    """Return the figures of one stage and size from a fresh process."""
    command = [sys.executable, "-m", "benchmarks.bench_scaling", stage, form, str(n_bytes)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: Figures = json.loads(done.stdout)
    return found


def describe(stage: str, form: str, size: int, rounds: list[Figures]) -> Figures:
    """Return a row: the medians, and the CPU seconds of every round for the fit."""
    row = {"stage": stage, "form": form, "size": size, "bytes": rounds[0]["bytes"]}
    for name in ("cpu_s", "wall_s", "decode_s", "peak_mib", "base_mib"):
        row[name] = statistics.median(found[name] for found in rounds)
    cpu = [found["cpu_s"] for found in rounds]
    return {**row, "spread": (max(cpu) - min(cpu)) / row["cpu_s"], "rounds_cpu_s": cpu}


def fit(rows: list[Figures]) -> Figures:
    """Return the exponent of time over size by least squares of the logarithms, with its 95 % confidence interval."""
    from scipy import stats

    points = [(row["bytes"], seconds) for row in rows for seconds in row["rounds_cpu_s"]]
    line = stats.linregress([math.log(size) for size, _ in points], [math.log(seconds) for _, seconds in points])
    margin = float(stats.t.ppf(0.975, len(points) - 2) * line.stderr)
    return {
        "stage": rows[0]["stage"],
        "form": rows[0]["form"],
        "from_bytes": rows[0]["size"],
        "to_bytes": rows[-1]["size"],
        "exponent": float(line.slope),
        "interval": [float(line.slope) - margin, float(line.slope) + margin],
        "points": len(points),
    }


def tabulate(figures: Figures) -> list[Table]:
    """Return time, memory and exponents."""
    tables = []
    for form in FORMS:
        rows = [row for row in figures["rows"] if row["form"] == form]
        sizes = list(dict.fromkeys(row["size"] for row in rows))
        found = {(row["stage"], row["size"]): row for row in rows}
        columns = ("", *map(name_size, sizes))
        times = [
            (stage, *(write_time(found[stage, size]) if (stage, size) in found else "" for size in sizes))
            for stage in STAGES
        ]
        peaks = [
            (stage, *(f"{found[stage, size]['peak_mib']:.0f}" if (stage, size) in found else "" for size in sizes))
            for stage in STAGES
        ]
        tables.append(Table(f"A {form}: CPU time", columns, times))
        tables.append(
            Table(f"A {form}: peak of resident memory with interpreter, models and input, MiB", columns, peaks)
        )
    cells = [
        (
            f"{row['stage']}, a {row['form']}",
            f"{name_size(row['from_bytes'])} to {name_size(row['to_bytes'])}",
            f"{row['exponent']:.3f}",
            f"{row['interval'][0]:.3f} to {row['interval'][1]:.3f}",
            str(row["points"]),
        )
        for row in figures["fits"]
    ]
    title = "Exponent of CPU time over size, and its 95 % confidence interval; 1 is linear"
    return [*tables, Table(title, ("", "sizes", "exponent", "interval", "points"), cells)]


def write_time(row: Figures) -> str:
    """Return a time with its unit; a dash where the output is not that of the release."""
    if not row["as_released"]:
        return "–"
    size, unit = next((pair for pair in TIME_UNITS if row["cpu_s"] >= pair[0]), (1e-6, "µs"))
    return f"{digits(row['cpu_s'] / size)} {unit}"


def name_size(n_bytes: int) -> str:
    """Return a size with its unit."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if n_bytes >= unit:
            return f"{n_bytes // unit} {name}"
    return f"{n_bytes} B"


def draw(figures: Figures, figure: Any) -> None:
    """Draw time over size, both logarithmic, beside a line of exponent 1."""
    axes = figure.subplots(1, len(FORMS), sharey=True)
    for place, form in zip(axes, FORMS, strict=True):
        rows = [row for row in figures["rows"] if row["form"] == form]
        for stage in STAGES:
            chosen = [row for row in rows if row["stage"] == stage]
            fits = [row for row in figures["fits"] if (row["stage"], row["form"]) == (stage, form)]
            label = f"{stage}: exponent {fits[-1]['exponent']:.2f}"
            place.plot([row["bytes"] for row in chosen], [row["cpu_s"] for row in chosen], "o-", ms=4, label=label)
        decode = [(row["bytes"], row["decode_s"]) for row in rows if row["stage"] == "normalize"]
        place.plot(*zip(*decode, strict=True), "s--", ms=3, color="0.5", label="decode UTF-8")
        place.set(xscale="log", yscale="log", xlabel="bytes of UTF-8", title=f"a {form}")
        place.legend(fontsize=7)
        place.grid(alpha=0.3)
    axes[0].set_ylabel("CPU seconds")
