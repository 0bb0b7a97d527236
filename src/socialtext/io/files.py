"""Files by name, wherever they lie: on this machine, or at any address that fsspec knows (``s3://bucket/pages.jsonl``).

Comes in: a name. Goes out: a stream of bytes, already decompressed, or a file that appears under its name only when it
is whole. It knows no format.
"""

import gzip
import io
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from socialtext.errors import InputError, MissingExtraError, OutputError, SocialtextError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

COMPRESSIONS: Final = (".gz", ".zst")
# Text on the web takes about this many times its compressed size.
COMPRESSION_RATIO: Final = 4
N_BYTES_BUFFERED: Final = 1 << 18
S3_SCHEMES: Final = ("s3://", "s3a://")


def is_address(name: str) -> bool:
    """Whether a name is an address of fsspec, not a path of this machine."""
    return "://" in name


@contextmanager
def as_os_error() -> Iterator[None]:
    """Turn what a file system behind an address raises (no credentials, no connection) into an `OSError`.

    Each has errors of its own; whoever reads or writes expects those of this machine.
    """
    try:
        yield
    except (OSError, SocialtextError):
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error


@as_os_error()
def open_file_system(address: str) -> "tuple[AbstractFileSystem, str]":
    """Return the file system of an address, and the path in it.

    Raises
    ------
    InputError
        ST305 no such kind of address.
    MissingExtraError
        ST602 the package that reads this kind is not installed.
    OSError
        It cannot be reached.
    """
    import fsspec

    try:
        return fsspec.url_to_fs(address)  # type: ignore[no-any-return]
    except ImportError as error:
        extra = ": pip install 'socialtext[s3]'" if address.startswith(S3_SCHEMES) else ""
        raise MissingExtraError("ST602", f"{address}: {error}{extra}") from error
    except ValueError as error:
        raise InputError("ST305", f"{address}: {error}") from error


def find_ending(name: str) -> str:
    """Return the ending of a name that tells its format, in small letters: ``.jsonl`` of ``Pages.JSONL.gz``."""
    return "." + name.lower().removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]


@contextmanager
def reading(source: str) -> Iterator[IO[bytes]]:
    """Open a file, an address, or standard input (``-``) for reading, decompressed.

    Raises
    ------
    OSError
        At any read of a file that is missing, damaged or cut off.
    """
    if source == "-":
        if sys.stdin is None:
            raise OSError("standard input is closed")
        yield sys.stdin.buffer
        return
    if is_address(source):
        stored: Any = _StoredFile(source)
    else:
        stored = Path(source).open("rb")  # noqa: SIM115, closed below
    with stored:
        name = source.lower()
        if name.endswith(".gz"):
            yield io.BufferedReader(gzip.GzipFile(fileobj=stored), N_BYTES_BUFFERED)
        elif name.endswith(".zst"):
            import pyarrow as pa

            unpacked: Any = pa.CompressedInputStream(stored, "zstd")
            yield io.BufferedReader(unpacked, N_BYTES_BUFFERED)
        elif is_address(source):
            yield io.BufferedReader(stored, N_BYTES_BUFFERED)
        else:
            yield stored


class _StoredFile(io.RawIOBase):
    """A file at an address, whose every error is an `OSError`."""

    def __init__(self, address: str) -> None:
        with as_os_error():
            file_system, path = open_file_system(address)
            self._file: Any = file_system.open(path, "rb")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def readinto(self, buffer: Any) -> int:
        with as_os_error():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with as_os_error():
            return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._file.close()


def identify(source: str) -> tuple[int, str]:
    """Return the size of a stored file in bytes, and what changes when its content does (time or entity tag).

    Standard input has neither.

    Raises
    ------
    OSError
        If it cannot be found.
    """
    if source == "-":
        return 0, ""
    if is_address(source):
        with as_os_error():
            file_system, path = open_file_system(source)
            facts = file_system.info(path)
        stamp = facts.get("ETag") or facts.get("mtime") or facts.get("LastModified") or facts.get("created") or ""
        return int(facts["size"] or 0), str(stamp)
    status = Path(source).stat()
    return status.st_size, str(status.st_mtime_ns)


class OutputFile:
    """A file for writing that appears under its name when it is committed, and otherwise not at all.

    On this machine it is ``NAME.part`` until then; for an address it is a temporary file, which is uploaded whole.

    Parameters
    ----------
    name : str
        Path or address; ``-`` for standard output, where nothing can be held back.
    attempt : str
        Part of the name until the commit. Whoever may write the same file at the same time needs another.

    Attributes
    ----------
    file : binary file
    """

    def __init__(self, name: str, *, attempt: str = "") -> None:
        self._name = name
        self._part: Path | None = None
        if name == "-":
            self.file: IO[bytes] = sys.stdout.buffer
        elif is_address(name):
            handle, part = tempfile.mkstemp(prefix="socialtext-")
            self._part = Path(part)
            self.file = open(handle, "wb")  # noqa: PTH123, SIM115, it is open already, and closed below
        else:
            self._part = Path(f"{name}{attempt}.part")
            self.file = self._part.open("wb")

    def commit(self) -> None:
        """Make the file durable, then give it its name."""
        self.file.flush()
        if self._part is None:
            return
        if is_address(self._name):
            self.file.close()
            with as_os_error():
                file_system, path = open_file_system(self._name)
                file_system.put_file(str(self._part), path)
            self._part.unlink()
        else:
            os.fsync(self.file.fileno())
            self.file.close()
            self._part.replace(self._name)
            _sync_folder(Path(self._name).parent)

    def discard(self) -> None:
        """Leave no file."""
        if self._part is not None:
            with suppress(OSError, ValueError):  # what kept it from being written may keep it from being flushed
                self.file.close()
            self._part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name of a file durable, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_whole(name: str, data: bytes, *, attempt: str = "") -> None:
    """Write a small file at once.

    Raises
    ------
    OutputError
        ST402 it cannot be written.
    """
    output = None
    try:
        output = OutputFile(name, attempt=attempt)
        output.file.write(data)
        output.commit()
    except BaseException as error:
        if output is not None:
            output.discard()
        if isinstance(error, OSError):
            raise OutputError("ST402", f"{name}: cannot be written: {error.strerror or error}") from error
        raise


def make_folder(name: str) -> None:
    """Make a folder with those above it; object stores need none."""
    if is_address(name):
        with as_os_error():
            file_system, path = open_file_system(name)
            file_system.makedirs(path, exist_ok=True)
    else:
        Path(name).mkdir(parents=True, exist_ok=True)


def list_folder(name: str) -> list[str]:
    """Return the names in a folder, sorted; none where there is no such folder."""
    if is_address(name):
        with as_os_error():
            file_system, path = open_file_system(name)
            file_system.invalidate_cache()  # other processes write there
            entries: list[Any] = file_system.ls(path, detail=False) if file_system.exists(path) else []
        return sorted(str(entry).rstrip("/").rpartition("/")[2] for entry in entries)
    return sorted(path.name for path in Path(name).iterdir()) if Path(name).is_dir() else []


def remove_files(folder: str, names: list[str]) -> None:
    """Remove files of a folder, and the folder if it is empty then."""
    if is_address(folder):
        with as_os_error():
            file_system, path = open_file_system(folder)
            for name in names:
                file_system.rm_file(f"{path}/{name}")
        return
    for name in names:
        (Path(folder) / name).unlink(missing_ok=True)
    with suppress(OSError):
        Path(folder).rmdir()
