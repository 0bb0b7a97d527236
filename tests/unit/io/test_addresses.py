"""A file system behind an address that raises errors of its own: a sentence for reading, one for writing."""

import gzip
import io
import json

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from typer.testing import CliRunner

from socialtext.cli.app import app
from socialtext.errors import InputError, OutputError
from socialtext.io.files import write_whole
from socialtext.io.readers import ReadOptions, read_records
from socialtext.io.schema import Record, Reject
from socialtext.io.sources import find_sources
from socialtext.io.writers import RecordWriter

TEXT = "Balas setiap komentar pelanggan Anda di hari yang sama."


class LockedFileSystem(MemoryFileSystem):
    """Says no as clients of object stores do: with an error that is no `OSError`."""

    protocol = "locked"
    store = {}  # noqa: RUF012, its own, not that of memory://
    pseudo_dirs = [""]  # noqa: RUF012

    def _refuse(self, *args, **options):
        raise RuntimeError("no key for this door")

    info = ls = put_file = makedirs = _refuse


class BrokenFile(io.BytesIO):
    """Loses its connection once it was read to its end, or at the first footer of Parquet."""

    def read(self, size=-1):
        data = super().read(size)
        if len(data) < size or data.endswith(b"PAR1"):
            raise RuntimeError("the line is dead")
        return data


class BrokenFileSystem(MemoryFileSystem):
    protocol = "broken"

    def open(self, path, mode="rb", **options):
        lines = (json.dumps({"text": TEXT}) + "\n").encode() * 9000
        if path.endswith(".parquet"):
            lines += b"PAR1"
        return BrokenFile(gzip.compress(lines) if path.endswith(".gz") else lines)


@pytest.fixture(autouse=True)
def file_systems():
    fsspec.register_implementation("locked", LockedFileSystem, clobber=True)
    fsspec.register_implementation("broken", BrokenFileSystem, clobber=True)


@pytest.mark.parametrize("name", ["locked://door/x.txt", "locked://door", "locked://door/*.txt"])
def test_an_input_that_cannot_be_looked_for_gets_a_clear_sentence(name):
    with pytest.raises(InputError, match="ST304: locked://door.*: cannot be read: RuntimeError: no key for this door"):
        find_sources([name])


@pytest.mark.parametrize("target", ["locked://door/x.jsonl", "locked://door/x.parquet", "locked://door/folder"])
def test_an_output_that_cannot_be_stored_gets_a_clear_sentence(target):
    import pyarrow as pa

    with (
        pytest.raises(OutputError, match="ST402: locked://door.*cannot be written: RuntimeError: no key for this door"),
        RecordWriter(target, lambda: pa.schema([("text", pa.string())])) as writer,
    ):
        writer.write([{"text": TEXT}])
    with pytest.raises(OutputError, match="ST402: locked://door.*RuntimeError: no key for this door"):
        write_whole(target, b"{}")


@pytest.mark.parametrize("name", ["broken://x.jsonl", "broken://x.jsonl.gz", "broken://x.parquet"])
def test_a_connection_that_is_lost_is_a_reject_after_what_was_read(name):
    *records, last = read_records([name], ReadOptions())
    assert isinstance(last, Reject)
    assert (last.reason, last.code) == ("unreadable", "ST304")
    assert all(isinstance(record, Record) for record in records)
    assert "RuntimeError: the line is dead" in last.message
    assert bool(records) == name.endswith(".jsonl")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["locked://door/x.txt", "-o", "{tmp}/o.jsonl"], "ST304"),
        (["{tmp}/x.txt", "-o", "locked://door/o.jsonl"], "ST402"),
        (["{tmp}/x.txt", "-o", "locked://door/folder"], "ST402"),
        (["{tmp}/x.txt", "-o", "{tmp}/o.jsonl", "--rejects", "locked://door/r.jsonl"], "ST402"),
    ],
)
def test_a_command_ends_with_an_error_of_ours(tmp_path, arguments, code):
    (tmp_path / "x.txt").write_text(TEXT, encoding="utf-8")
    result = CliRunner().invoke(app, ["process", *(argument.format(tmp=tmp_path) for argument in arguments)])
    assert isinstance(result.exception, InputError | OutputError)
    assert result.exception.code == code
    assert "no key for this door" in result.exception.message


def test_an_address_that_is_the_input_is_not_written_over():
    memory = fsspec.filesystem("memory")
    memory.pipe("/corpus/a.jsonl", (json.dumps({"text": TEXT}) + "\n").encode())
    try:
        for command in ("process", "normalize"):
            result = CliRunner().invoke(app, [command, "memory://corpus/*.jsonl", "-o", "memory://corpus/a.jsonl"])
            assert result.exit_code == 2
            assert "is one of the inputs" in " ".join(result.output.split())
        assert json.loads(memory.cat("/corpus/a.jsonl")) == {"text": TEXT}
    finally:
        memory.rm("/corpus", recursive=True)
