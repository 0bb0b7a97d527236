"""Speed of the normalizer beside its peers and beside Python itself.

The contestants run in environments of their own and take turns within each round; times are measured inside the
contestant's process. Figures: MB of UTF-8 per CPU second, median of the rounds; ratios are taken round by round.
"""

import argparse
from pathlib import Path
from typing import Any

from benchmarks.bench_normalize_speed.contest import Row, compare_outputs, compete
from benchmarks.bench_normalize_speed.data import build_data_sets, read_lines, vocalise
from benchmarks.bench_normalize_speed.groups import CONTESTANTS, build_groups
from benchmarks.bench_normalize_speed.scaling import measure_lengths, measure_threads
from benchmarks.bench_normalize_speed.targets import check_rows, check_scaling
from benchmarks.clock import describe_rounds
from benchmarks.environments import UnavailableError, choose_contestants
from benchmarks.outputs import as_released
from benchmarks.tables import Table, digits, percent, speed

HAMZA_SEATS = str.maketrans({0x624: 0x648, 0x626: 0x64A})
DECODE = "decode UTF-8"

Figures = dict[str, Any]


def measure(options: argparse.Namespace) -> Figures:
    """Return a row for each way in each group; agreement with arabic-norm, lengths, threads and targets."""
    names = choose_contestants(options.only, CONTESTANTS)
    rows = compete(build_groups(), names, build_data_sets(), options.venvs)
    agreements = (
        [measure_agreement(data, options.venvs) for data in ("ar web", "ar vocalised")]
        if "arabic-norm" in names
        else []
    )
    ours = "socialtext" in names
    lengths, threads = (measure_lengths(options.profile), measure_threads()) if ours else ([], [])
    targets = check_rows(rows) + (check_scaling(lengths, threads) if lengths else [])
    return {
        "rows": [describe_row(row) for row in rows],
        "agreement": agreements,
        "lengths": lengths,
        "threads": threads,
        "targets": targets,
    }


def measure_agreement(data: str, venvs: Path) -> Figures:
    """Return the share of lines on which our five folds and those of arabic-norm write the same."""
    lines = read_lines("ar") if data == "ar web" else vocalise(read_lines("ar"))
    ways = (("socialtext", "ar five folds"), ("arabic-norm", "five folds"))
    try:
        ours, theirs = compare_outputs(data, lines, ways, venvs)
    except UnavailableError as error:
        return {"data": data, "unavailable": str(error)}
    pairs = list(zip(ours, theirs, strict=True))
    return {
        "data": data,
        "lines": len(lines),
        "same": sum(a == b for a, b in pairs) / len(pairs),
        "same_but_for_hamza_seats": sum(a == b.translate(HAMZA_SEATS) for a, b in pairs) / len(pairs),
    }


def describe_row(row: Row) -> Figures:
    """Return a row as it is kept."""
    known = {"group": row.group.name, "contestant": row.contestant, "way": row.way}
    if row.unavailable:
        return {**known, "unavailable": row.unavailable}
    ours = {"as_released": as_released(f"normalize {row.way}")} if row.contestant == "socialtext" else {}
    return {
        **known,
        "version": row.version,
        **describe_rounds(row.cpu, row.wall, row.n_bytes, row.n_code_points),
        "ns_per_call": row.ns_per_call,
        "peak_mib": row.peak_mib,
        "bytes": row.n_bytes,
        "crashes": row.n_crashes,
        **ours,
    }


def tabulate(figures: Figures) -> list[Table]:
    """Return a table a group, then the other ones."""
    groups = dict.fromkeys(row["group"] for row in figures["rows"])
    tables = [tabulate_group(name, [row for row in figures["rows"] if row["group"] == name]) for name in groups]
    tables.append(tabulate_processes(figures["rows"]))
    tables += [tabulate_agreement(figures["agreement"])] if figures["agreement"] else []
    tables += tabulate_lengths(figures["lengths"])
    tables += [tabulate_threads(figures["threads"])] if figures["threads"] else []
    return [*tables, tabulate_targets(figures["targets"])]


def tabulate_group(name: str, rows: list[Figures]) -> Table:
    """Return the ways of one group, the fastest first."""
    there = sorted((row for row in rows if "unavailable" not in row), key=lambda row: -row["mb_per_s"])
    decode = next((row["mb_per_s"] for row in there if row["way"] == DECODE), None)
    cells = [
        (
            f"{row['contestant']} {row['version']}: {row['way']}",
            speed(row),
            f"{row['code_points_per_s'] / 1e6:,.1f}",
            f"{row['spread']:.0%}",
            digits(row["mb_per_s"] / decode) if decode else "",
            digits(row["ns_per_call"] / 1000),
            digits(row["wall_s"] / row["cpu_s"]),
        )
        for row in there
    ]
    gone = [row for row in rows if "unavailable" in row]
    notes = [f"{row['contestant']}, {row['way']}: {row['unavailable']}" for row in gone]
    crashed = [row for row in there if row["crashes"]]
    notes += [f"{row['contestant']}, {row['way']}: {row['crashes']} lines left out, it crashes" for row in crashed]
    columns = ("", "MB/s", "M code points/s", "spread", "× decode", "µs a call", "wall/CPU")
    return Table(name, columns, cells, notes)


def tabulate_processes(rows: list[Figures]) -> Table:
    """Return the memory of each contestant's process."""
    there = {row["contestant"]: row for row in rows if "unavailable" not in row}
    cells = [(f"{name} {row['version']}", f"{row['peak_mib']:.0f}") for name, row in there.items()]
    return Table("The process of each contestant, with the lines of all its groups", ("", "peak MiB"), cells)


def tabulate_agreement(rows: list[Figures]) -> Table:
    """Return on how many lines the five folds agree."""
    there = [row for row in rows if "unavailable" not in row]
    cells = [
        (row["data"], f"{row['lines']:,}", percent(row["same"]), percent(row["same_but_for_hamza_seats"]))
        for row in there
    ]
    notes = [f"{row['data']}: {row['unavailable']}" for row in rows if "unavailable" in row]
    columns = ("data", "lines", "same, %", "same but for waw and yeh with hamza, which only ours folds, %")
    return Table("Five folds: lines on which socialtext and arabic-norm write the same", columns, cells, notes)


def tabulate_lengths(rows: list[Figures]) -> list[Table]:
    """Return the cost by the length of one string, beside that of decoding it."""
    if not rows:
        return []
    sizes = list(dict.fromkeys(row["bytes"] for row in rows))
    cells = []
    for lang, form in dict.fromkeys((row["lang"], row["form"]) for row in rows):
        chosen = [row for row in rows if (row["lang"], row["form"]) == (lang, form)]
        costs = [f"{digits(row['ns_per_code_point'])} / {digits(row['decode_ns_per_code_point'])}" for row in chosen]
        cells.append((f"{lang}, {form}", *costs))
    peaks = [row["peak_inputs"] for row in rows if "peak_inputs" in row]
    notes = [
        f"of the largest size the peak of memory is {min(peaks):.2f} to {max(peaks):.2f} inputs, the input included"
    ]
    title = "One string, standard without repairs: CPU ns a code point, normalized / decoded, by bytes of UTF-8"
    return [Table(title, ("", *(f"{size:,}" for size in sizes)), cells, notes if peaks else [])]


def tabulate_threads(rows: list[Figures]) -> Table:
    """Return what a second thread brings."""
    there = [row for row in rows if "unavailable" not in row]
    cells = [(row["lang"], *(digits(row["mb_per_s"][n]) for n in ("1", "2")), digits(row["gain"])) for row in there]
    notes = [f"{row['lang']}: {row['unavailable']}" for row in rows if "unavailable" in row]
    title = "Arrow array of a million strings, standard without repairs: MB per second of wall time"
    return Table(title, ("", "one thread", "two", "gain"), cells, notes)


def tabulate_targets(rows: list[Figures]) -> Table:
    """Return the ratios aimed at."""
    cells = [
        (row["target"], digits(row["value"]), digits(row["wanted"]), "met" if row["met"] else "missed") for row in rows
    ]
    title = "What the normalizer aims at: how many times as fast, unless said otherwise"
    return Table(title, ("", "measured", "wanted", ""), cells)


def draw(figures: Figures, figure: Any) -> None:
    """Draw the speeds on web lines, one call a line, on a logarithmic axis."""
    axes = figure.subplots(1, 3)
    for place, lang in zip(axes, ("ar", "fa", "id"), strict=True):
        rows = [row for row in figures["rows"] if row["group"] == f"{lang} web, calls" and row.get("mb_per_s")]
        rows = sorted((row for row in rows if row.get("as_released") is not False), key=lambda row: row["mb_per_s"])
        colours = {"socialtext": "C3", "python": "0.6"}
        place.barh(
            [f"{row['contestant']}: {row['way'].removeprefix(lang + ' ')}" for row in rows],
            [row["mb_per_s"] for row in rows],
            color=[colours.get(row["contestant"], "C0") for row in rows],
        )
        place.set(xscale="log", title=lang, xlabel="MB per CPU second")
        place.tick_params(axis="y", labelsize=6)
