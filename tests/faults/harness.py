"""The command line as a user runs it, its processes, and a corpus for it."""

import json
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

PROC = Path("/proc")
ARTICLES = [
    path.read_text(encoding="utf-8")
    for path in sorted((files("socialtext") / "corpora" / "articles").iterdir(), key=lambda path: path.name)
]


def write_corpus(path, n_documents=40, n_characters=700):
    """Documents of some paragraphs of the articles, in all three languages."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(n_documents):
            article = ARTICLES[number * 7 % len(ARTICLES)]
            start = article.index("\n", number * 37 % (len(article) // 2))
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


def descendants(pid):
    """Processes that a process has started, and those that these have."""
    found = []
    for status in PROC.glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(status.parent.name)
            found += [child, *descendants(child)]
    return found


def find_workers(pid):
    return [
        child for child in descendants(pid) if b"forkserver" in (PROC / str(child) / "cmdline").read_bytes()
    ]  # fmt: skip


def start(*args):
    return subprocess.Popen(command(*args), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def wait_for_shards(folder, n_shards, process):
    while len(list(folder.glob("part-*.json"))) < n_shards and process.poll() is None:
        time.sleep(0.01)
