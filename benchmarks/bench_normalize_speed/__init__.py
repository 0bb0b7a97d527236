"""Speed of the normalizer beside its peers and beside Python itself.

The contestants run in environments of their own and take turns within each round; times are CPU time, measured inside
the contestant's process. Figures: MB of UTF-8 per CPU second, median of the rounds; ratios are taken round by round.
"""

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

import socialtext as st
from benchmarks.bench_normalize_speed.contest import Row, compare_outputs, compete
from benchmarks.bench_normalize_speed.data import build_data_sets, read_lines, vocalise
from benchmarks.bench_normalize_speed.groups import CONTESTANTS, build_groups
from benchmarks.bench_normalize_speed.scaling import measure_lengths, measure_threads
from benchmarks.bench_normalize_speed.targets import check_rows, check_scaling
from benchmarks.environments import UnavailableError, choose_contestants

HAMZA_SEATS = str.maketrans({0x624: 0x648, 0x626: 0x64A})


def main(options: argparse.Namespace) -> None:
    """Print the tables, or one JSON object."""
    names = choose_contestants(options.only, CONTESTANTS)
    rows = compete(build_groups(), names, build_data_sets(), options.venvs)
    agreements = (
        [measure_agreement(data, options.venvs) for data in ("ar web", "ar vocalised")]
        if "arabic-norm" in names
        else []
    )
    lengths, threads = (measure_lengths(), measure_threads()) if "socialtext" in names else ([], [])
    targets = check_rows(rows) + (check_scaling(lengths, threads) if lengths else [])
    if options.json:
        result = {
            **facts(rows),
            "rows": [as_json(row) for row in rows],
            "agreement": agreements,
            "lengths": lengths,
            "threads": threads,
            "targets": targets,
        }
        print(json.dumps(result, indent=1))
        return
    print(", ".join(f"{name} {value}" for name, value in facts(rows).items() if name != "versions"))
    print_rows(rows)
    print_agreements(agreements)
    print_lengths(lengths)
    print_threads(threads)
    print_targets(targets)


def measure_agreement(data: str, venvs: Path) -> dict[str, Any]:
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


def facts(rows: list[Row]) -> dict[str, Any]:
    """Return on what was measured, and with which versions."""
    return {
        "machine": platform.machine(),
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "socialtext": st.__version__,
        "versions": {row.contestant: row.version for row in rows if row.version},
    }


def cpu_name() -> str:
    """Return the name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def as_json(row: Row) -> dict[str, Any]:
    """Return a row as it stands in the JSON object."""
    known = {"data": row.group.data, "kind": row.group.kind, "contestant": row.contestant, "way": row.way}
    if row.unavailable:
        return {**known, "unavailable": row.unavailable}
    return {
        **known,
        "version": row.version,
        "mb_per_s": row.mb_per_s,
        "ns_per_call": row.ns_per_call,
        "spread": row.spread,
        "bytes": row.n_bytes,
        "crashes": row.n_crashes,
        "seconds_per_byte": row.rounds,
    }


def print_rows(rows: list[Row]) -> None:
    """Print one table a group."""
    decodes = {row.group.name: row for row in rows if row.way == "decode UTF-8" and not row.unavailable}
    for name in dict.fromkeys(row.group.name for row in rows):
        print(f"\n{name:54}{'MB/s':>9}{'spread':>8}{'× decode':>10}{'µs a call':>12}")
        decode = decodes.get(name)
        for row in rows:
            if row.group.name != name:
                continue
            label = f"{row.contestant} {row.version}: {row.way}"
            if row.unavailable:
                print(f"  {label:52}{row.unavailable}")
                continue
            speed = f"{row.mb_per_s / decode.mb_per_s:10.3f}" if decode else " " * 10
            crashes = f"  {row.n_crashes} lines left out: it crashes" if row.n_crashes else ""
            call = f"{row.ns_per_call / 1000:12.2f}"
            print(f"  {label:52}{row.mb_per_s:9.2f}{row.spread:8.0%}{speed}{call}{crashes}")


def print_agreements(agreements: list[dict[str, Any]]) -> None:
    """Print on how many lines the five folds agree."""
    print("\nFive folds: lines on which socialtext and arabic-norm write the same")
    for row in agreements:
        if "unavailable" in row:
            print(f"  {row['data']}: {row['unavailable']}")
        else:
            rest = f"{row['same_but_for_hamza_seats']:.1%} but for waw and yeh with hamza, which only ours folds"
            print(f"  {row['data']}, {row['lines']} lines: {row['same']:.1%}; {rest}")


def print_lengths(rows: list[dict[str, Any]]) -> None:
    """Print the cost by the length of one string."""
    if not rows:
        return
    sizes = list(dict.fromkeys(row["bytes"] for row in rows))
    print("\nOne string, standard without repairs: CPU ns per code point by bytes of UTF-8 | those of decoding")
    peaks = [row["peak_inputs"] for row in rows if "peak_inputs" in row]
    if peaks:
        print(f"  at 100 MB the peak of memory is {min(peaks):.2f} to {max(peaks):.2f} inputs, the input included")
    print(f"  {'':24}" + "".join(f"{size:>13,}" for size in sizes))
    for lang, form in dict.fromkeys((row["lang"], row["form"]) for row in rows):
        cells = [length_cell(row) for row in rows if (row["lang"], row["form"]) == (lang, form)]
        print(f"  {f'{lang}, {form}':24}" + "".join(f"{cell:>13}" for cell in cells))


def length_cell(row: dict[str, Any]) -> str:
    """Return the cost of normalizing and of decoding."""
    return f"{row['ns_per_code_point']:.2f} | {row['decode_ns_per_code_point']:.2f}"


def print_threads(rows: list[dict[str, Any]]) -> None:
    """Print what a second thread brings."""
    if rows:
        print("\nArrow array of a million strings, standard without repairs: MB per second of wall time")
    for row in rows:
        if "unavailable" in row:
            print(f"  {row['lang']}: {row['unavailable']}")
        else:
            speeds = row["mb_per_s"]
            print(
                f"  {row['lang']}: one thread {speeds[1]:.0f}, two {speeds[2]:.0f}: {row['gain']:.2f} times"
                f" ({row['cores']} cores, load {row['load']:.1f})"
            )


def print_targets(targets: list[dict[str, Any]]) -> None:
    """Print the ratios aimed at."""
    print(f"\n{'Targets: how many times as fast, unless said otherwise':84}{'measured':>10}{'wanted':>8}")
    for row in targets:
        print(f"  {row['target']:82}{row['value']:10.2f}{row['wanted']:8.1f}  {'met' if row['met'] else 'MISSED'}")
