"""Input that is large in one way or another: memory stays bounded, and each record is told of."""

import gzip
import json
import subprocess
import threading
import time
from pathlib import Path

import pytest
from harness import ARTICLES, command, descendants, read_rows, run

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="measures memory by /proc"),
]
GOOD = json.dumps({"id": "good", "text": "Balas setiap komentar pelanggan Anda di hari yang sama."}) + "\n"


def measure_peak_mib(*args):
    """Run a command; return its standard error and the peak memory of each of its processes, largest first."""
    process = subprocess.Popen(command(*args), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peaks = {}

    def watch():
        while process.poll() is None:
            for pid in [process.pid, *descendants(process.pid)]:
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                memory = status.partition("VmHWM:")[2].split()  # none of a process that has just ended
                peaks[pid] = max(peaks.get(pid, 0), int(memory[0]) // 1024 if memory else 0)
            time.sleep(0.2)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, error = process.communicate()
    watcher.join()
    assert process.returncode == 0, error
    return error.decode(), sorted(peaks.values(), reverse=True)


@pytest.mark.parametrize("name", ["x.txt", "x.jsonl", "x.jsonl.gz", "x.csv"])
def test_a_document_of_200_mb_is_rejected_and_the_next_processed(tmp_path, name):
    large = " ".join(ARTICLES) * (200_000_000 // len(" ".join(ARTICLES).encode()) + 1)
    folder, rejects = tmp_path / "in", tmp_path / "rejects.jsonl"
    folder.mkdir()
    if name == "x.txt":
        (folder / name).write_text(large, encoding="utf-8")
    elif name == "x.csv":
        cell = large.replace('"', "'")
        (folder / name).write_text(f'id,text\n1,"{cell}"\n2,Toko ini buka setiap hari.\n', encoding="utf-8")
    else:
        data = (json.dumps({"text": large}, ensure_ascii=False) + "\n").encode()
        (folder / name).write_bytes(gzip.compress(data, 1) if name.endswith(".gz") else data)
    (folder / "y.jsonl").write_text(GOOD)
    del large
    _, peaks = measure_peak_mib("process", folder, "-o", tmp_path / "out.jsonl", "--rejects", rejects, "--lang", "id")
    assert "good" in [json.loads(row)["doc_id"] for row in read_rows(tmp_path / "out.jsonl")]
    assert {json.loads(row)["reason"] for row in read_rows(rejects)} <= {"too_long", "csv"}
    if name == "x.csv":  # of the large cell nothing is taken for further rows
        assert len(read_rows(rejects)) == 1
        assert {json.loads(row)["doc_id"] for row in read_rows(tmp_path / "out.jsonl")} == {"good", "2"}
    assert len(read_rows(rejects)) >= 1
    print(f"{name}: peak MiB of each process {peaks}")  # noqa: T201
    assert peaks[0] < 500


def test_a_million_empty_documents_are_a_million_rejects(tmp_path):
    source, rejects = tmp_path / "x.jsonl", tmp_path / "rejects.jsonl"
    source.write_text('{"text": ""}\n' * 500_000 + GOOD + '{"text": " "}\n' * 500_000)
    error, peaks = measure_peak_mib("process", source, "-o", tmp_path / "out.jsonl", "--rejects", rejects)
    assert "1 document, 1 unit, 1000000 rejected" in error
    numbers = [json.loads(row)["number"] for row in read_rows(rejects)]
    assert numbers == [*range(1, 500_001), *range(500_002, 1_000_002)]
    print(f"peak MiB of each process {peaks}")  # noqa: T201
    assert peaks[0] < 500


def test_normalizing_a_large_file_takes_no_more_memory_than_a_small_one(tmp_path):
    text = "\n".join(ARTICLES)
    peaks = []
    for n_times in (4, 100):
        source = tmp_path / f"{n_times}.txt"
        source.write_text(text * n_times, encoding="utf-8")
        _, found = measure_peak_mib("normalize", source, "-o", tmp_path / "out.txt", "--lang", "id")
        peaks.append(found[0])
    print(f"peak MiB of 2 MB and of 47 MB: {peaks}")  # noqa: T201
    assert peaks[1] < peaks[0] + 20


def test_a_million_files_are_not_needed_to_see_that_many_small_files_share_shards(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(25_000):
        (folder / f"{number:06}.txt").write_text("", encoding="utf-8")
    (folder / "z.txt").write_text("Balas setiap komentar pelanggan Anda di hari yang sama.", encoding="utf-8")
    error = run("process", folder, "-o", tmp_path / "out", "--workers", "2", "--lang", "id")
    assert "25000 rejected" in error
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 3
