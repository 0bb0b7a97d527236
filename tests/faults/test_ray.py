"""Ray of two workers on this machine: the same rows, also when one of them is killed."""

import os
import signal
import time

import pytest
from harness import PROC, descendants, read_rows, start

pytestmark = [
    pytest.mark.ray,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not PROC.is_dir(), reason="finds processes by /proc"),
]
RAY = ("--engine", "ray", "--workers", "2", "--shard-mb", "0.002")


def find_busy_workers(pid):
    """Ray's own processes that have a task in hand: those that have started a worker of ours."""
    found = []
    for child in descendants(pid):
        try:
            title = (PROC / str(child) / "cmdline").read_bytes()
        except OSError:
            continue
        if title.startswith(b"ray::") and descendants(child):
            found.append(child)
    return found


def test_a_ray_whose_worker_is_killed_gives_the_same_rows(corpus, expected, tmp_path):
    pytest.importorskip("ray", reason="needs the extra ray")
    out = tmp_path / "out.jsonl"
    process = start("process", corpus, "-o", out, *RAY, "--rejects", tmp_path / "rejects.jsonl")
    folder = tmp_path / "out.jsonl.run"
    while len(list(folder.glob("part-*.json"))) < 2 and process.poll() is None:
        time.sleep(0.01)
    workers = find_busy_workers(process.pid)
    os.kill(workers[0], signal.SIGKILL)
    n_done = len(list(folder.glob("part-*.json")))
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    assert n_done < 15, "the run was over before its worker was killed"
    assert read_rows(out) == expected
    assert read_rows(tmp_path / "rejects.jsonl") == []
    assert b"40 documents" in error
