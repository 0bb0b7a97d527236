"""Where a source is cut into shards does not change what is read from it."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialtext.io.cutting import cut_sources
from socialtext.io.readers import ReadOptions, read_parts, read_records
from socialtext.io.schema import Record

ALPHABET = 'aب،"\n\r\t, \N{ZERO WIDTH NON-JOINER}\N{LINE SEPARATOR}\x1c😀'
TEXTS = st.lists(st.text(alphabet=ALPHABET, max_size=12), max_size=12)


def write_jsonl(path, texts):
    path.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts), encoding="utf-8")


def write_csv(path, texts):
    buffer = io.StringIO(newline="")
    rows = csv.writer(buffer, delimiter="\t" if path.suffix == ".tsv" else ",")
    rows.writerows([["n", "text"], *([str(at), text] for at, text in enumerate(texts))])
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")


def write_parquet(path, texts):
    pq.write_table(pa.table({"text": pa.array(texts, pa.string())}), path, row_group_size=2)


WRITERS = {".jsonl": write_jsonl, ".csv": write_csv, ".tsv": write_csv, ".parquet": write_parquet}


@pytest.mark.parametrize("suffix", WRITERS)
@given(texts=TEXTS, n_bytes=st.integers(1, 60))
def test_records_are_the_same_wherever_a_source_is_cut(suffix, texts, n_bytes):
    options = ReadOptions("line")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        WRITERS[suffix](path, texts)
        whole = [item for item in read_records([str(path)], options) if isinstance(item, Record)]
        shards = list(cut_sources([str(path)], n_bytes, options))
        cut = [item for shard in shards for item in read_parts(shard, options) if isinstance(item, Record)]
    assert cut == whole
    assert [record.text for record in whole] == texts


@given(texts=TEXTS, n_bytes=st.integers(1, 60))
def test_parts_of_a_text_file_cover_it_and_do_not_overlap(texts, n_bytes):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        write_jsonl(path, texts)
        parts = [part for shard in cut_sources([str(path)], n_bytes, ReadOptions()) for part in shard]
        size = path.stat().st_size
    bounds = [(part.start, size if part.stop is None else part.stop) for part in parts]
    assert [start for start, _ in bounds] == [0, *(stop for _, stop in bounds[:-1])]
    assert bounds[-1][1] == size
