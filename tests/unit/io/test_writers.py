"""A result appears under its name when it is whole, here and elsewhere, and can be put together from shards."""

import csv
import json
from contextlib import suppress

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from socialtext.errors import OutputError
from socialtext.io.writers import RecordWriter, is_folder


def make_schema():
    return pa.schema([("text", pa.string()), ("themes", pa.list_(pa.string()))])


ROWS = [{"text": f'متن "{number}",\nدو', "themes": ["a", "b"][: number % 3]} for number in range(7)]


def read_back(path):
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    rows = list(csv.DictReader(text.splitlines(keepends=True)))
    return [row | {"themes": row["themes"].split("|") if row["themes"] else []} for row in rows]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_shards_put_together_are_what_one_writer_writes(tmp_path, suffix):
    for name, rows in (("one", ROWS), ("a", ROWS[:3]), ("b", []), ("c", ROWS[3:])):
        with RecordWriter(str(tmp_path / (name + suffix)), make_schema) as writer:
            writer.write(rows)
    with RecordWriter(str(tmp_path / ("all" + suffix)), make_schema) as writer:
        for name in "abc":
            writer.append(str(tmp_path / (name + suffix)))
    assert read_back(tmp_path / ("all" + suffix)) == read_back(tmp_path / ("one" + suffix)) == ROWS
    if suffix != ".parquet":
        assert (tmp_path / ("all" + suffix)).read_bytes() == (tmp_path / ("one" + suffix)).read_bytes()


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_an_address_shows_a_result_only_when_it_is_whole(suffix):
    memory = fsspec.filesystem("memory")
    target = f"memory://out/x{suffix}"
    with suppress(RuntimeError), RecordWriter(target, make_schema) as writer:
        writer.write(ROWS)
        raise RuntimeError("stop")
    assert not memory.exists("/out/x" + suffix)
    with RecordWriter(target, make_schema) as writer:
        writer.write(ROWS)
        assert not memory.exists("/out/x" + suffix)
    assert memory.size("/out/x" + suffix) > 100
    memory.rm("/out", recursive=True)


def test_what_is_cancelled_leaves_nothing(tmp_path):
    with RecordWriter(str(tmp_path / "x.jsonl"), make_schema) as writer:
        writer.write(ROWS)
        writer.cancel()
    assert list(tmp_path.iterdir()) == []


def test_large_rows_make_smaller_row_groups(tmp_path):
    path = tmp_path / "x.parquet"
    with RecordWriter(str(path), make_schema) as writer:
        writer.write({"text": "ا" * 1_000_000, "themes": []} for _ in range(20))
    facts = pq.read_metadata(path)
    assert (facts.num_rows, facts.num_row_groups) == (20, 3)


def test_a_name_without_an_ending_is_a_folder_and_an_unknown_ending_an_error(tmp_path):
    (tmp_path / "v1.0").mkdir()
    assert is_folder(str(tmp_path / "units"))
    assert is_folder(str(tmp_path / "v1.0"))
    assert is_folder("memory://bucket/units/")
    assert not is_folder("memory://bucket/units.parquet")
    with pytest.raises(OutputError, match="ST401"):
        is_folder("memory://bucket/units.xlsx")
