"""Run one benchmark and describe the run; read and write what lies in ``results/PROFILE/NAME.json``."""

import argparse
import importlib
import json
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks.data import PublicData, describe_sources
from benchmarks.facts import describe_run

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
PROFILES = ("fast", "regular", "large")
NAMES = tuple(sorted(path.name.removeprefix("bench_") for path in HERE.glob("bench_*")))

Result = dict[str, Any]


def load_benchmark(name: str) -> ModuleType:
    """Return the module of a benchmark."""
    return importlib.import_module(f"benchmarks.bench_{name}")


def run(name: str, options: argparse.Namespace) -> Result:
    """Return the result of a benchmark: on what it was measured, then the figures."""
    benchmark = load_benchmark(name)
    options.public = PublicData(options.data)
    missing = options.public.missing(getattr(benchmark, "SOURCES", ()))
    if missing and getattr(benchmark, "NEEDS_ALL", False):
        raise SystemExit(f"{name} is not measured: {describe_sources(missing)}")
    result = describe_run(name, options.profile)
    start = time.perf_counter()
    figures = benchmark.measure(options)
    result["minutes"] = round((time.perf_counter() - start) / 60, 1)
    result["data"] |= options.public.digests
    return {**result, "missing": missing, "figures": figures}


def find_faults(result: Result, options: argparse.Namespace) -> list[str]:
    """Return why a result is not one to publish."""
    faults = []
    if result["missing"]:
        faults.append(describe_sources(result["missing"]))
    if others := options.public.others():
        faults.append(f"other sentences than those of the published figures: {', '.join(others)}")
    if options.only:
        faults.append("--only leaves contestants out")
    return faults


def save(result: Result) -> Path:
    """Keep a result."""
    path = RESULTS / result["profile"] / f"{result['benchmark']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)
    return path


def read_results() -> dict[str, Result]:
    """Return the kept result of each benchmark, of the largest profile that there is."""
    results = {}
    for profile in PROFILES:
        for path in sorted((RESULTS / profile).glob("*.json")):
            results[path.stem] = json.loads(path.read_text(encoding="utf-8"))
    return dict(sorted(results.items()))


def write_tables(result: Result) -> str:
    """Return the tables of a result as Markdown, with a line that says on what it was measured."""
    tables = load_benchmark(result["benchmark"]).tabulate(result["figures"])
    return "\n".join([describe(result) + "\n", *map(str, tables)])


def describe(result: Result) -> str:
    """Return in one line on what a result was measured."""
    return (
        f"*{result['date']}, commit {result['commit']}, profile {result['profile']}: {result['cpu']}, "
        f"{result['cores']} cores, {result['system']} {result['machine']}, {result['python']}, "
        f"socialtext {result['versions']['socialtext']}.*"
    )
