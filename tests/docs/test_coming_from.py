"""The tables for those who come from other tools are what those tools and this library do."""

import json
from pathlib import Path

from benchmarks.bench_coming_from import format_row, run_ours
from benchmarks.bench_coming_from.cases import CASES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BENCHMARK = ROOT / "benchmarks" / "bench_coming_from"


def test_the_tables_of_other_tools_are_those_that_the_benchmark_found():
    """And our side of them is what the library does now; if not, run ``python -m benchmarks coming_from --json``."""
    text = (DOCS / "coming-from.md").read_text(encoding="utf-8")
    found = json.loads((BENCHMARK / "results.json").read_text(encoding="utf-8"))
    assert set(found) == set(CASES)
    for tool, cases in CASES.items():
        rows = iter(found[tool]["rows"])
        assert found[tool]["version"] in text
        for case in cases:
            assert f"| `{case.theirs}` | `{case.ours}` |" in text
            for _, row in zip(case.texts, rows, strict=False):
                assert (row["call"], row["ours"]) == (case.theirs, run_ours(case.ours, row["text"]))
                assert format_row(row) in text
        assert next(rows, None) is None
