"""Every example of the adapters' pages and docstrings runs as it is written.

A comment after an expression is what the expression gives.
"""

import ast
import doctest
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.bench_coming_from import format_row, run_ours
from benchmarks.bench_coming_from.cases import CASES

DOCS = Path(__file__).parents[2] / "docs"
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "bench_coming_from"
BLOCK_RE = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["adapters.md", "coming-from.md"])
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    blocks = BLOCK_RE.findall((DOCS / page).read_text(encoding="utf-8"))
    assert blocks
    assert sum(run_python(code, names) if language == "python" else run_shell(code) for language, code in blocks)


def run_python(code, names):
    """Run the statements; return how many values were compared."""
    n_compared = 0
    lines = code.split("\n")
    for statement in ast.parse(code).body:
        source = ast.unparse(statement)
        comment = lines[statement.end_lineno - 1][statement.end_col_offset :].partition("# ")[2]
        if isinstance(statement, ast.Expr) and comment:
            assert repr(eval(source, names)) == repr(ast.literal_eval(comment)), source
            n_compared += 1
        else:
            exec(source, names)
    return n_compared


def run_shell(code):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = ["bash", "-euo", "pipefail", "-c", code]
    done = subprocess.run(shell, env=os.environ | {"PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return 1


@pytest.mark.parametrize(("adapter", "library"), [("spacy", "spacy"), ("sklearn", "sklearn"), ("datasets", "datasets")])
def test_the_examples_of_an_adapter_run(adapter, library):
    pytest.importorskip(library)
    module = importlib.import_module(f"socialtext.adapters.{adapter}")
    results = doctest.testmod(module)
    assert results.attempted > 3
    assert results.failed == 0


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
