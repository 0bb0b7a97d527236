"""What a user names becomes a list of sources: files, folders, globs, addresses and standard input.

Comes in: names. Goes out: sources in an order that never changes, and the size of each. It opens no file.
"""

import glob
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from socialtext.errors import InputError
from socialtext.io.files import COMPRESSIONS, as_os_error, find_ending, identify, is_address, open_file_system

TEXT_SUFFIXES: Final = (".txt", ".html", ".htm", ".jsonl", ".csv", ".tsv")
SUFFIXES: Final = (
    *TEXT_SUFFIXES,
    ".parquet",
    *(suffix + compression for suffix in TEXT_SUFFIXES for compression in COMPRESSIONS),
)
# What to do with what is often at hand.
WAYS: Final = {
    ".json": ". Write one object a line to a .jsonl file, a list of them by: jq -c '.[]' FILE > FILE.jsonl",
    ".xlsx": ". Save the sheet as CSV (UTF-8)",
    ".xls": ". Save the sheet as CSV (UTF-8)",
    ".pdf": ". Take its text out, by pdftotext or the like",
    ".docx": ". Save it as plain text (UTF-8)",
}
EXPECTED: Final = f"{', '.join(TEXT_SUFFIXES)} (each also {' or '.join(COMPRESSIONS)}), .parquet"


def find_sources(inputs: Iterable[str]) -> list[str]:
    """Return the files that the inputs name, folders and globs expanded in the order of their names.

    In folders, hidden files and folders (``.name``) are passed over, as patterns pass them over that name none.

    Raises
    ------
    InputError
        ST301 no such file, ST302 a folder or pattern without a readable file, ST303 an ending that is not read, ST304
        a place that cannot be read.
    """
    sources: list[str] = []
    for name in inputs:
        if not name:
            raise InputError("ST301", "an input has an empty name; the current folder is .")
        try:
            sources += _expand_address(name) if is_address(name) else _expand(name)
        except OSError as error:
            raise InputError("ST304", f"{name}: cannot be read: {error.strerror or error}") from error
    for source in sources:
        if source != "-" and not source.lower().endswith(SUFFIXES):
            way = WAYS.get(find_ending(source), "")
            raise InputError("ST303", f"{source}: cannot read this ending; expected {EXPECTED}{way}")
    return list(dict.fromkeys(sources))  # a file that is named twice is read once


def _expand(name: str) -> list[str]:
    path = Path(name)
    if name == "-" or path.is_file():
        return [name]
    if path.is_dir():
        found = sorted(_walk(path))
        if not found:
            raise InputError("ST302", f"{name}: no {' or '.join((*TEXT_SUFFIXES, '.parquet'))} file in this folder")
        return found
    if glob.has_magic(name):
        matches = glob.glob(name, recursive=True)  # noqa: PTH207, Path.glob takes no absolute pattern
        found = sorted(file for file in matches if Path(file).is_file())
        if not found:
            raise InputError("ST302", f"{name}: no file fits this pattern")
        return found
    raise InputError("ST301", f"{name}: no such file or folder")


def _walk(folder: Path) -> Iterator[str]:
    """Yield the files below a folder whose ending is read; a folder that may not be read is not an empty one."""

    def fail(error: OSError) -> None:
        raise error

    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        for name in names:
            if _is_hidden(name):
                continue
            file = Path(place, name)
            if name.lower().endswith(SUFFIXES) and file.is_file():
                yield str(file)


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def _has_hidden(path: str) -> bool:
    return any(map(_is_hidden, path.split("/")))


@as_os_error()
def _expand_address(name: str) -> list[str]:
    file_system, path = open_file_system(name)
    if glob.has_magic(path):
        found = [
            file
            for file, facts in file_system.glob(path, detail=True).items()
            if facts["type"] == "file" and (_has_hidden(path) or not _has_hidden(file))
        ]
        missing = "no file fits this pattern"
    elif file_system.isfile(path):
        return [name]
    elif file_system.isdir(path):
        found = [
            file
            for file in file_system.find(path)
            if file.lower().endswith(SUFFIXES) and not _has_hidden(file.removeprefix(path))
        ]
        missing = f"no {' or '.join((*TEXT_SUFFIXES, '.parquet'))} file in this folder"
    else:
        raise InputError("ST301", f"{name}: no such file or folder")
    if not found:
        raise InputError("ST302", f"{name}: {missing}")
    return sorted(str(file_system.unstrip_protocol(file)) for file in found)


def label_sources(sources: Sequence[str]) -> list[str]:
    """Return the name of each source as ids begin with it: that of the file, with its folders where files share one."""
    names = ["stdin" if source == "-" else source for source in sources]
    short = [name.rpartition("/")[2] if is_address(name) else Path(name).name for name in names]
    counts = Counter(short)
    return [brief if counts[brief] < 2 else name for brief, name in zip(short, names, strict=True)]


def count_bytes(sources: Iterable[str]) -> int | None:
    """Return the size of all text that is read, or None where it cannot be known before."""
    total = 0
    for source in sources:
        if source == "-" or source.lower().endswith((*COMPRESSIONS, ".parquet")):
            return None
        total += count_stored_bytes([source])
    return total


def count_stored_bytes(sources: Iterable[str]) -> int:
    """Return the size of all sources as they are stored.

    Raises
    ------
    InputError
        ST304 a source is gone.
    """
    total = 0
    for source in sources:
        try:
            total += identify(source)[0]
        except OSError as error:
            raise InputError("ST304", f"{source}: cannot be read: {error.strerror or error}") from error
    return total
