"""What the fault tests share: a small corpus, the command line, and rows to compare."""

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

# Workers import the poisoned job by its name.
sys.path.insert(0, str(Path(__file__).parent))

ARTICLES = [
    path.read_text(encoding="utf-8")
    for path in sorted((files("socialtext") / "corpora" / "articles").iterdir(), key=lambda path: path.name)
]


def write_corpus(path, n_documents=40, n_characters=700):
    """Documents of some paragraphs of the articles, in all three languages."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(n_documents):
            article = ARTICLES[number * 7 % len(ARTICLES)]
            start = article.index("\n", number * 37 % 2000)
            text = article[start : start + n_characters]
            file.write(json.dumps({"id": f"d{number}", "text": text}, ensure_ascii=False) + "\n")
    return path


def command(*args):
    return [sys.executable, "-m", "socialtext", *map(str, args)]


def run(*args, check=0, **options):
    result = subprocess.run(command(*args), capture_output=True, timeout=300, **options)
    error = result.stderr.decode()
    assert "Traceback" not in error
    assert result.returncode == check, error
    return error


def read_rows(path):
    return path.read_text(encoding="utf-8").splitlines()


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
