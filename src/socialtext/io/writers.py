"""Records out: JSON Lines, CSV, Parquet or plain lines, under their final name only when whole."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from socialtext.errors import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIXES: Final = (".jsonl", ".csv", ".parquet", ".txt")
N_ROWS_GROUP: Final = 8192


class _Format(Protocol):
    def write(self, rows: Iterable[Mapping[str, Any]]) -> None: ...

    def close(self) -> None: ...


class RecordWriter:
    """Write rows to a file that appears under its name when the context is left without an error.

    Parameters
    ----------
    target : str
        A name by whose ending the format is chosen, ``-`` for JSON Lines on standard output, or a folder or a name
        without an ending for a Parquet file in it.
    schema : pyarrow.Schema
        Columns of CSV and Parquet.

    Raises
    ------
    OutputError
        ST401 the ending is not known, ST402 the file cannot be written.
    """

    def __init__(self, target: str, schema: "pa.Schema") -> None:
        self.target = target
        try:
            self._final = None if target == "-" else _final_path(target)
            self._part = None if self._final is None else self._final.with_name(self._final.name + ".part")
            if self._part is None:
                self._format: _Format = _JsonLines(sys.stdout, owned=False)
            else:
                if self._final is not None and not self._final.parent.exists() and not Path(target).suffix:
                    self._final.parent.mkdir(parents=True)
                self._format = _open_format(self._part, self._final, schema)  # type: ignore[arg-type]
        except OutputError:
            raise
        except OSError as error:
            raise OutputError("ST402", f"{target}: cannot be written: {error.strerror or error}") from error

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows."""
        try:
            self._format.write(rows)
        except BrokenPipeError:
            raise  # who reads standard output has seen enough
        except OSError as error:
            raise OutputError("ST402", f"{self.target}: cannot be written: {error.strerror or error}") from error

    def __enter__(self) -> "RecordWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._format.close()
                if self._part is not None and self._final is not None:
                    self._part.replace(self._final)
            except OSError as fault:
                self._discard()
                raise OutputError("ST402", f"{self.target}: cannot be written: {fault.strerror or fault}") from fault
        else:
            with suppress(OSError, ValueError):
                self._format.close()
            self._discard()

    def _discard(self) -> None:
        if self._part is not None:
            self._part.unlink(missing_ok=True)


def _final_path(target: str) -> Path:
    path = Path(target)
    if not target or path.name in SUFFIXES:
        raise OutputError("ST401", f"{target!r} is no file name")
    if path.is_dir() or not path.suffix:
        return path / "part-00000.parquet"
    if path.suffix not in SUFFIXES:
        raise OutputError("ST401", f"{target}: cannot write this ending; choose one of {', '.join(SUFFIXES)}")
    return path


def _open_format(part: Path, final: Path, schema: "pa.Schema") -> _Format:
    if final.suffix == ".parquet":
        return _Parquet(part, schema)
    if final.suffix == ".csv":
        return _Csv(part, schema)
    file = part.open("w", encoding="utf-8", newline="\n", errors="backslashreplace")  # "\\ud800" is good JSON
    return _PlainLines(file) if final.suffix == ".txt" else _JsonLines(file, owned=True)


class _JsonLines:
    def __init__(self, file: IO[str], *, owned: bool) -> None:
        self._file = file
        self._owned = owned

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close() if self._owned else self._file.flush()


class _PlainLines:
    """One line a record: a line break inside a text becomes a space, so that lines stay records."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._file.write(row["text"].replace("\n", " ") + "\n")

    def close(self) -> None:
        self._file.close()


class _Csv:
    def __init__(self, part: Path, schema: "pa.Schema") -> None:
        self._file = part.open("w", encoding="utf-8", newline="")
        self._writer = csv.DictWriter(self._file, schema.names, extrasaction="ignore", lineterminator="\n")
        self._writer.writeheader()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            self._writer.writerow(
                {name: "|".join(value) if isinstance(value, list) else value for name, value in row.items()}
            )

    def close(self) -> None:
        self._file.close()


class _Parquet:
    def __init__(self, part: Path, schema: "pa.Schema") -> None:
        import pyarrow.parquet as pq

        self._schema = schema
        self._rows: list[Mapping[str, Any]] = []
        self._writer = pq.ParquetWriter(str(part), schema, compression="zstd")

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows += rows
        if len(self._rows) >= N_ROWS_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist([dict(row) for row in self._rows], schema=self._schema))
        self._rows = []

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()
