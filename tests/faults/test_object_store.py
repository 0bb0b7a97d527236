"""The same command, the same rows, where input and output lie in an object store."""

import json
import os

import pyarrow.parquet as pq
import pytest
from harness import read_rows, run

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def bucket():
    """Environment in which s3://corpora is a bucket of a server of this process."""
    moto = pytest.importorskip("moto.server", reason="needs moto[server]")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = os.environ | {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    yield environment
    server.stop()


def test_a_folder_of_an_object_store_becomes_shards_there_and_can_be_gone_on_with(
    bucket, corpus, expected, tmp_path, monkeypatch
):
    s3fs = pytest.importorskip("s3fs", reason="needs the extra s3")
    for name, value in bucket.items():
        monkeypatch.setenv(name, value)
    store = s3fs.S3FileSystem(skip_instance_cache=True)
    store.mkdir("corpora")
    store.put_file(str(corpus), "corpora/in/a.jsonl")
    arguments = ("process", "s3://corpora/in", "-o", "s3://corpora/out", "--workers", "2", "--shard-mb", "0.02")
    run(*arguments, env=bucket)
    store.invalidate_cache()
    shards = sorted(name for name in store.ls("corpora/out", detail=False) if name.endswith(".parquet"))
    rows = [row for name in shards for row in pq.read_table(store.open(name)).to_pylist()]
    assert [(row["doc_id"], row["text"]) for row in rows] == [
        (row["doc_id"], row["text"]) for row in map(json.loads, expected)
    ]
    assert len(shards) > 2
    store.rm_file("corpora/out/_run/part-00001.json")
    store.rm_file(shards[1])
    assert "ST701" in run(*arguments, env=bucket, check=1)
    run(*arguments, "--resume", env=bucket)
    store.invalidate_cache()
    assert sorted(name for name in store.ls("corpora/out", detail=False) if name.endswith(".parquet")) == shards
    run("process", "s3://corpora/in/*.jsonl", "-o", "s3://corpora/units.jsonl", env=bucket)
    store.get_file("corpora/units.jsonl", str(tmp_path / "units.jsonl"))
    assert read_rows(tmp_path / "units.jsonl") == expected
