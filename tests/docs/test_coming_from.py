"""The tables for those who come from other tools are what those tools and this library do."""

from pathlib import Path

from benchmarks.bench_coming_from import format_row, run_ours
from benchmarks.bench_coming_from.cases import CASES
from benchmarks.runner import read_results

DOCS = Path(__file__).parents[2] / "docs"


def test_the_tables_of_other_tools_are_those_that_the_benchmark_found():
    """And our side of them is what the library does now; if not, run ``python -m benchmarks coming_from --save``."""
    text = (DOCS / "coming-from.md").read_text(encoding="utf-8")
    found = read_results()["coming_from"]["figures"]
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
