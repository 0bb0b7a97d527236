"""Whole runs of the command line under what happens to long work: nothing is lost, nothing comes twice."""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from harness import PROC, command, find_workers, read_rows, run, start, wait_for_shards, write_corpus

from socialtext.engines.run import RunFolder, describe_run
from socialtext.engines.shard import Job, Tally, write_tally
from socialtext.errors import RunError
from socialtext.io.readers import ReadOptions

WORKERS = ("--workers", "2", "--shard-mb", "0.004")
HEAVY = pytest.mark.heavy


@pytest.mark.parametrize(
    ("workers", "shard_mb"),
    [("1", "0.02"), ("3", "0.003"), pytest.param("2", "1", marks=HEAVY), pytest.param("1", "0.003", marks=HEAVY)],
)
def test_rows_are_the_same_for_any_number_of_workers_and_any_size_of_shard(
    corpus, expected, tmp_path, workers, shard_mb
):
    out = tmp_path / "out.jsonl"
    run("process", corpus, "-o", out, "--workers", workers, "--shard-mb", shard_mb)
    assert read_rows(out) == expected
    assert list(tmp_path.iterdir()) == [out]


@HEAVY
@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_every_form_of_output_holds_the_same_rows_in_order(corpus, expected, tmp_path, name):
    run("process", corpus, "-o", tmp_path / name, *WORKERS)
    if name == "out.csv":
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        rows = pq.read_table(tmp_path / name).to_pylist()
    assert [row["text"] for row in rows] == [json.loads(row)["text"] for row in expected]


def test_a_folder_holds_the_same_rows_in_shards_with_a_summary(corpus, expected, tmp_path):
    out = tmp_path / "folder"
    shown = subprocess.run(
        command("process", corpus, "-o", out, *WORKERS, "--show", "1"), capture_output=True, check=True
    ).stdout.decode()
    rows = [json.loads(row) for row in expected]
    table = pq.read_table(out).to_pylist()
    assert [(row["doc_id"], row["text"]) for row in table] == [(row["doc_id"], row["text"]) for row in rows]
    assert len(list(out.glob("part-*.parquet"))) > 3
    summary = json.loads((out / "_run" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["documents"], summary["units"], summary["rejected"]) == (40, len(rows), 0)
    assert [f" d{number} " in shown for number in (0, 19, 20)] == [True, True, False]


@pytest.mark.skipif(not PROC.is_dir(), reason="finds processes by /proc")
def test_workers_that_are_killed_are_replaced_and_nothing_is_lost(corpus, expected, tmp_path):
    out = tmp_path / "out.jsonl"
    process = start("process", corpus, "-o", out, *WORKERS)
    wait_for_shards(tmp_path / "out.jsonl.run", 1, process)
    workers = find_workers(process.pid)[1:]  # the first is the server that starts them
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    assert len(workers) == 2
    assert read_rows(out) == expected
    assert b"0 rejected" in error


def kill_and_resume(corpus, expected, tmp_path, n_kills, longest_s):
    out, chance, n_killed = tmp_path / "out.jsonl", random.Random(8), 0
    for _ in range(n_kills):
        process = start("process", corpus, "-o", out, *WORKERS, "--resume")
        time.sleep(chance.uniform(0.2, longest_s))
        n_killed += process.poll() is None
        process.kill()
        process.communicate()
        if out.exists():
            assert read_rows(out) == expected
            out.unlink()
    run("process", corpus, "-o", out, *WORKERS, "--resume")
    assert read_rows(out) == expected
    print(f"{n_killed} of {n_kills} runs were killed, the others had come to their end")  # noqa: T201
    assert n_killed > 0
    time.sleep(1)  # orphans end by themselves
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_run_that_is_killed_goes_on_where_it_was(corpus, expected, tmp_path):
    kill_and_resume(corpus, expected, tmp_path, n_kills=1, longest_s=2.5)


@HEAVY
def test_a_run_that_is_killed_at_twenty_moments_goes_on_where_it_was(tmp_path):
    corpus = write_corpus(tmp_path / "corpus.jsonl", n_documents=1500)
    run("process", corpus, "-o", tmp_path / "expected.jsonl")
    (tmp_path / "run").mkdir()
    kill_and_resume(corpus, read_rows(tmp_path / "expected.jsonl"), tmp_path / "run", n_kills=20, longest_s=4.0)


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=HEAVY)])
def test_an_interrupted_run_says_how_to_go_on_and_does(corpus, expected, tmp_path, number):
    out = tmp_path / "folder"
    process = start("process", corpus, "-o", out, *WORKERS)
    wait_for_shards(out / "_run", 1, process)
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"--resume goes on from there" in error
    assert b"Traceback" not in error
    assert not [path for path in out.rglob("*") if path.suffix == ".part"]
    # Rows whose tally was not written yet are done again.
    targets = [RunFolder.of(str(out)).target(int(path.stem[5:])) for path in sorted(out.glob("part-*.parquet"))]
    rows_done = [Path(target.rows) for target in targets if Path(target.tally).exists()]
    done = {path.name: path.stat().st_mtime_ns for path in rows_done}
    assert done
    run("process", corpus, "-o", out, *WORKERS, "--resume")
    rows = pq.read_table(out).to_pylist()
    assert [row["text"] for row in rows] == [json.loads(row)["text"] for row in expected]
    assert done.items() <= {path.name: path.stat().st_mtime_ns for path in out.glob("part-*.parquet")}.items()


@pytest.mark.parametrize("later_s", [0.0, 0.3])
def test_ctrl_c_while_workers_start_is_one_sentence(corpus, tmp_path, later_s):
    out = tmp_path / "out.jsonl"
    process = subprocess.Popen(
        command("process", corpus, "-o", out, *WORKERS), stderr=subprocess.PIPE, start_new_session=True
    )
    while not (tmp_path / "out.jsonl.run" / "manifest.json").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(later_s)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the server of the workers is reached too
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert error.decode().startswith("socialtext: interrupted: ")
    assert error.count(b"\n") == 1
    assert not out.exists()


def test_a_run_goes_on_only_with_the_same_input_options_and_models_and_says_which_differ(corpus, tmp_path):
    source, out = tmp_path / "corpus.jsonl", str(tmp_path / "folder")
    shutil.copy(corpus, source)
    job = Job("auto", "standard", "units", False, ReadOptions())
    manifest = describe_run([str(source)], job, out, 1000)
    RunFolder.of(out).start(manifest, resume=False)
    RunFolder.of(out).start(manifest, resume=False)  # nothing is done yet that could be lost
    write_tally(RunFolder.of(out).target(0).tally, Tally())
    RunFolder.of(out).start(manifest, resume=True)
    with pytest.raises(RunError, match="ST701.*--resume"):
        RunFolder.of(out).start(manifest, resume=False)

    def differ(**changes):
        with pytest.raises(RunError, match="ST702") as error:
            RunFolder.of(out).start({**manifest, **changes}, resume=True)
        return error.value.message.partition("these differ: ")[2]

    other = describe_run([str(source)], replace(job, profile="search"), out, 2000)
    assert differ(options=other["options"]) == (
        "options profile was standard, is search; options shard_bytes was 1000, is 2000"
    )
    assert differ(models=manifest["models"] | {"themes": "0" * 64}).endswith(", is 000000000000…")
    assert differ(versions=manifest["versions"] | {"socialtext": "9"}) == "versions socialtext was 0.1.0, is 9"
    with source.open("a", encoding="utf-8") as file:
        file.write("{}\n")
    assert "input n_bytes was" in differ(**describe_run([str(source)], job, out, 1000))


def test_shards_of_something_else_are_left_alone(corpus, tmp_path):
    theirs = tmp_path / "folder" / "part-00000.parquet"
    theirs.parent.mkdir()
    theirs.write_bytes(b"theirs")
    assert "ST704" in run("process", corpus, "-o", theirs.parent, check=1)
    assert theirs.read_bytes() == b"theirs"
    assert list(theirs.parent.iterdir()) == [theirs]


def test_standard_input_cannot_be_shared_with_workers(tmp_path):
    error = run("process", "-", "-o", tmp_path / "x.jsonl", "--workers", "2", check=2, stdin=subprocess.DEVNULL)
    assert "is seen by this process alone" in error.replace("\n", " ")


def test_a_parquet_file_cut_in_half_is_a_reject_and_the_others_are_processed(corpus, expected, tmp_path):
    rows = [json.loads(line) for line in read_rows(corpus)]
    for name in ("a", "b"):
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet", row_group_size=7)
    whole = (tmp_path / "b.parquet").read_bytes()
    (tmp_path / "b.parquet").write_bytes(whole[: len(whole) // 2])
    inputs = (tmp_path / "b.parquet", tmp_path / "a.parquet")
    run("process", *inputs, "-o", tmp_path / "out.jsonl", *WORKERS, "--rejects", tmp_path / "rejects.jsonl")
    assert read_rows(tmp_path / "out.jsonl") == expected
    (reject,) = [json.loads(row) for row in read_rows(tmp_path / "rejects.jsonl")]
    assert (reject["source"], reject["reason"]) == (str(tmp_path / "b.parquet"), "unreadable")


@pytest.mark.parametrize("name", ["out.jsonl", "out"])
def test_a_target_that_is_read_only_gets_a_clear_sentence(corpus, tmp_path, name):
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        folder = PROC  # the superuser may write wherever files can be
    assert "ST402" in run("process", corpus, "-o", folder / name, *WORKERS, check=1)


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode:
        pytest.skip("this system does not let us mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("name", ["out.jsonl", pytest.param("folder", marks=HEAVY)])
def test_a_full_disk_ends_the_run_and_it_goes_on_when_there_is_room(corpus, expected, small_disk, name):
    out = small_disk / name
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 36_000)
    error = run("process", corpus, "-o", out, *WORKERS, check=1)
    assert "ST402" in error
    assert "No space left on device" in error
    assert not (small_disk / "out.jsonl").exists()
    assert not [path for path in small_disk.rglob("*") if path.suffix == ".part"]
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    run("process", corpus, "-o", out, *WORKERS, "--resume")
    rows = read_rows(out) if out.is_file() else pq.read_table(out).to_pylist()
    assert len(rows) == len(expected)
    assert out.is_dir() or rows == expected


def test_progress_for_machines_ends_with_a_summary_that_a_file_can_keep(corpus, tmp_path):
    error = run(
        "process", corpus, "-o", tmp_path / "o.jsonl", *WORKERS,
        "--log-json", "--summary", tmp_path / "summary.json",
    )  # fmt: skip
    events = [json.loads(line) for line in error.splitlines()]
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert events[-1]["event"] == "summary"
    assert events[-1]["documents"] == summary["documents"] == 40
    assert summary["workers"] == 2
    assert set(summary["run"]) == {"input", "options", "versions", "models"}
