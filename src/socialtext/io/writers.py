"""Records out: JSON Lines, CSV, Parquet or plain lines, under their final name only when whole."""

import base64
import csv
import io
import json
import math
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, time
from functools import cached_property
from pathlib import PurePath
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from socialtext.errors import OutputError
from socialtext.io._rows import weigh_row
from socialtext.io.files import OutputFile, is_address, make_folder, reading

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES: Final = (".jsonl", ".csv", ".parquet", ".txt")
FIRST_SHARD: Final = "part-00000.parquet"
# What a row group of Parquet holds at most, in characters; a row or an item of a list counts for some by itself.
GROUP_WEIGHT: Final = 8_000_000
ROW_WEIGHT: Final = 200


class _Format(Protocol):
    def write(self, rows: Iterable[Mapping[str, Any]]) -> None: ...

    def append(self, file: IO[bytes]) -> None: ...

    def finish(self) -> None: ...


class RecordWriter:
    """Write rows to a file that appears under its name when the context is left without an error.

    Parameters
    ----------
    target : str
        A name by whose ending the format is chosen, ``-`` for JSON Lines on standard output, or a folder or a name
        without an ending for a Parquet file in it. A path or an address.
    make_schema : callable or None
        Returns the columns of CSV and Parquet, and is asked with the first rows; other formats need none, nor the time
        to load Arrow.
    attempt : str
        See `OutputFile`.

    Raises
    ------
    OutputError
        ST401 the ending is not known, ST402 the file cannot be written.
    """

    def __init__(self, target: str, make_schema: "Callable[[], pa.Schema] | None", *, attempt: str = "") -> None:
        self.target = target
        self._is_cancelled = False
        self._name = name_file(target)
        self._make_schema = make_schema
        try:
            if self._name != target:
                make_folder(target)
            self._output = OutputFile(self._name, attempt=attempt)
        except OSError as error:
            raise self._fault(error) from error

    @cached_property
    def _format(self) -> _Format:
        return _open_format(self._name, self._output.file, self._make_schema)

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows."""
        try:
            self._format.write(rows)
        except BrokenPipeError:
            raise  # who reads standard output has seen enough
        except OSError as error:
            raise self._fault(error) from error

    def append(self, source: str) -> None:
        """Append the rows of a file of the same format."""
        try:
            with reading(source) as file:
                self._format.append(file)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._fault(error) from error

    def cancel(self) -> None:
        """Leave no file when the context is left."""
        self._is_cancelled = True

    def _fault(self, error: OSError) -> OutputError:
        name = "standard output" if self.target == "-" else self.target
        if isinstance(error, FileNotFoundError):
            return OutputError("ST402", f"{name}: cannot be written: its folder does not exist, make it first")
        return OutputError("ST402", f"{name}: cannot be written: {error.strerror or error}")

    def __enter__(self) -> "RecordWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and not self._is_cancelled:
            try:
                self._format.finish()
                self._output.commit()
            except OSError as fault:
                self._output.discard()
                raise self._fault(fault) from fault
        else:
            with suppress(OSError, ValueError):
                self._format.finish()
            self._output.discard()


def name_file(target: str) -> str:
    """Return the name of the file that a target becomes.

    Raises
    ------
    OutputError
        ST401 the name is none, or its ending is not known.
    """
    return f"{target.rstrip('/')}/{FIRST_SHARD}" if is_folder(target) else target


def is_folder(target: str) -> bool:
    """Whether a target takes many files: a folder, or a name without an ending.

    Raises
    ------
    OutputError
        ST401 the name is none, its ending is not known, or it has none and is that of a file.
    """
    if target == "-":
        return False
    path = PurePath(target)
    if not target.strip("/") or path.name in SUFFIXES:
        raise OutputError("ST401", f"{target!r} is no file name")
    # os.path, since Path raises where a folder above may not be entered; the writer says that.
    if not path.suffix and not is_address(target) and os.path.exists(target) and not os.path.isdir(target):  # noqa: PTH110, PTH112
        raise OutputError(
            "ST401", f"{target}: is no folder: give a name that ends in {', '.join(SUFFIXES)}, or - for standard output"
        )
    if not path.suffix or target.endswith("/") or (not is_address(target) and os.path.isdir(target)):  # noqa: PTH112
        return True
    if path.suffix not in SUFFIXES:
        raise OutputError("ST401", f"{target}: cannot write this ending; choose one of {', '.join(SUFFIXES)}")
    return False


def _open_format(name: str, file: IO[bytes], make_schema: "Callable[[], pa.Schema] | None") -> _Format:
    if make_schema is not None and name.endswith(".parquet"):
        return _Parquet(file, make_schema())
    if make_schema is not None and name.endswith(".csv"):
        return _Csv(file, make_schema())
    return _PlainLines(file) if name.endswith(".txt") else _JsonLines(file)


def encode_rest(value: Any) -> str:
    """Return what JSON has no type for as a text; columns of Parquet may hold it."""
    if isinstance(value, date | time):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=encode_rest)


def encode_json(value: Any) -> str:
    """Return a value as JSON, which has no name for a float that is not finite: it is null."""
    try:
        return ENCODER.encode(value)
    except ValueError:
        return ENCODER.encode(_drop_infinite(value))


def _drop_infinite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _drop_infinite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_drop_infinite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


class _JsonLines:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            # "\\ud800" is good JSON
            self._file.write((encode_json(row) + "\n").encode("utf-8", "backslashreplace"))

    def append(self, file: IO[bytes]) -> None:
        shutil.copyfileobj(file, self._file)

    def finish(self) -> None:
        self._file.flush()


class _PlainLines:
    """One line a record: a line break inside a text becomes a space, so that lines stay records."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._file.write((row["text"].replace("\n", " ") + "\n").encode("utf-8", "backslashreplace"))

    def append(self, file: IO[bytes]) -> None:
        shutil.copyfileobj(file, self._file)

    def finish(self) -> None:
        self._file.flush()


class _Csv:
    def __init__(self, file: IO[bytes], schema: "pa.Schema") -> None:
        self._file = file
        self._text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self._writer = csv.DictWriter(self._text, schema.names, extrasaction="ignore", lineterminator="\n")
        self._writer.writeheader()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._writer.writerow(
                {name: "|".join(value) if isinstance(value, list) else value for name, value in row.items()}
            )

    def append(self, file: IO[bytes]) -> None:
        file.readline()  # its header
        shutil.copyfileobj(file, self._file)

    def finish(self) -> None:
        self._text.detach()


class _Parquet:
    """Row groups of about one size, since rows of documents may be large."""

    def __init__(self, file: IO[bytes], schema: "pa.Schema") -> None:
        import pyarrow.parquet as pq

        self._schema = schema
        self._rows: list[Mapping[str, Any]] = []
        self._weight = 0
        self._writer = pq.ParquetWriter(file, schema, compression="zstd")

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._rows.append(row)
            self._weight += weigh_row(row, ROW_WEIGHT)
            if self._weight >= GROUP_WEIGHT:
                self._flush()

    def append(self, file: IO[bytes]) -> None:
        import pyarrow.parquet as pq

        self._flush()
        parquet = pq.ParquetFile(file)
        for group in range(parquet.num_row_groups):
            self._writer.write_table(parquet.read_row_group(group, use_threads=False))

    def _flush(self) -> None:
        import pyarrow as pa

        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows, self._weight = [], 0

    def finish(self) -> None:
        self._flush()
        self._writer.close()
