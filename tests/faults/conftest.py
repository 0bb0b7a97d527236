"""What the fault tests share: a small corpus and the rows that come of it."""

import os
import sys
from pathlib import Path

import pytest

# Tests share modules of this folder, and workers import the poisoned job by its name.
sys.path.insert(0, str(Path(__file__).parent))

from harness import read_rows, run, write_corpus


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus") / "corpus.jsonl")


@pytest.fixture(scope="session")
def expected(corpus):
    """The rows that one process makes, without workers and shards."""
    out = corpus.with_name("expected.jsonl")
    run("process", corpus, "-o", out)
    return read_rows(out)


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith("RAY_"):
            monkeypatch.delenv(name)
