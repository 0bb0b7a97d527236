"""Workers that die, stall and fail: every record is processed once or rejected once."""

import json
from pathlib import Path

import pytest
from poison import KILL, LEAVE, RAISE, STALL, DamagedJob, HopelessJob, PoisonedJob

from socialtext.engines.local import InlineEngine, LocalEngine
from socialtext.engines.run import Run, RunFolder, describe_run
from socialtext.engines.shard import Job, run_shard
from socialtext.errors import ModelError, OutputError, RunError
from socialtext.io.readers import Part, ReadOptions

GOOD = "Balas setiap komentar pelanggan Anda di hari yang sama."


def write(path, texts):
    path.write_text("".join(json.dumps({"id": str(at), "text": text}) + "\n" for at, text in enumerate(texts)))
    return str(path)


def run(tmp_path, texts, job_class=PoisonedJob, timeout_s=60.0, shard_bytes=300, n_workers=2):
    source, output, rejects = write(tmp_path / "in.jsonl", texts), tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    job = job_class("id", "standard", "units", False, ReadOptions())
    files = RunFolder.of(str(output))
    files.start(describe_run([source], job, str(output), shard_bytes), resume=False)
    run = Run(files, [source], job, shard_bytes)
    with LocalEngine(job, n_workers=n_workers, timeout_s=timeout_s) as engine:
        for _ in run.process(engine, str(rejects)):
            pass
    files.finish({})
    found = [json.loads(line) for line in rejects.read_text().splitlines()]
    return (
        [json.loads(line)["doc_id"] for line in output.read_text().splitlines()],
        [(row["number"], row["reason"], row["code"]) for row in found],
    )


def test_records_that_kill_stall_or_fail_are_rejected_and_all_others_processed_in_order(tmp_path):
    texts = [GOOD] * 20
    texts[3], texts[4], texts[9], texts[15], texts[19] = KILL, RAISE, LEAVE, STALL, KILL
    done, rejected = run(tmp_path, texts, timeout_s=4.0)
    assert done == [str(at) for at, text in enumerate(texts) if text == GOOD]
    assert rejected == [
        (4, "killed_worker", "ST381"), (5, "failed", "ST380"), (10, "killed_worker", "ST381"),
        (16, "timeout", "ST382"), (20, "killed_worker", "ST381"),
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl", "rejects.jsonl"]


def test_a_worker_that_never_starts_ends_the_run_with_a_clear_error(tmp_path):
    with pytest.raises(RunError, match="ST711.*in.jsonl"):
        run(tmp_path, [GOOD], job_class=HopelessJob)


def test_a_damaged_model_ends_the_run_and_is_not_put_down_to_the_records(tmp_path):
    with pytest.raises(ModelError, match="ST503"):
        run(tmp_path, [GOOD], job_class=DamagedJob)


def test_a_shard_that_is_done_is_not_done_again(tmp_path):
    source = write(tmp_path / "in.jsonl", [GOOD])
    job = Job("id", "standard", "units", False, ReadOptions())
    target = RunFolder(str(tmp_path / "out.jsonl"), str(tmp_path), keeps_shards=False).target(0)
    first = run_shard([Part(source, "in.jsonl")], target, job)
    written = Path(target.rows).stat()
    Path(source).unlink()
    assert run_shard([Part(source, "in.jsonl")], target, job) == first
    assert Path(target.rows).stat().st_mtime_ns == written.st_mtime_ns
    assert first.n_records == 1


def test_a_target_that_cannot_be_written_ends_the_run_and_not_the_records(tmp_path):
    job = Job("id", "standard", "units", False, ReadOptions())
    source = write(tmp_path / "in.jsonl", [GOOD])
    files = RunFolder(str(tmp_path / "out.jsonl"), str(tmp_path / "missing"), keeps_shards=False)
    run = Run(files, [source], job, 1000)
    for engine in (InlineEngine(job), LocalEngine(job, n_workers=1, timeout_s=60)):
        with pytest.raises(OutputError, match="ST402.*missing"), engine:
            list(run.process(engine, None))
    assert not (tmp_path / "out.jsonl").exists()
