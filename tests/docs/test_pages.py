"""Every example of the pages and of the adapters' docstrings runs as it is written."""

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
BLOCK_RE = re.compile(r"^```(python|bash)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Examples write into a folder of their own, and fetch nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    return tmp_path


@pytest.mark.parametrize("page", ["adapters.md", "coming-from.md"])
def test_the_examples_of_a_page_run(page, elsewhere):
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = list(BLOCK_RE.finditer(text))
    assert blocks
    names = {}
    runner = doctest.DocTestRunner(verbose=False)
    for block in blocks:
        language, code = block.groups()
        line = text.count("\n", 0, block.start())
        if language == "python":
            test = doctest.DocTestParser().get_doctest(code, names, page, str(DOCS / page), line)
            assert test.examples, f"{page}, line {line}: no example in the block"
            runner.run(test, clear_globs=False)
            names = test.globs
        else:
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            shell = ["bash", "-euo", "pipefail", "-c", code]
            done = subprocess.run(shell, cwd=elsewhere, env=os.environ | {"PATH": path}, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
    assert runner.failures == 0


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
