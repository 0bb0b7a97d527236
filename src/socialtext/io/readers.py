"""Corpora in: files, folders, globs and standard input to records, one at a time.

Comes in: what a user named. Goes out: `Record` or, where something is wrong with one of them, `Reject`: a bad file
never stops the others. It knows no language and no stage.
"""

import codecs
import glob
import gzip
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

from socialtext.errors import InputError
from socialtext.io.html import SUFFIXES as HTML_SUFFIXES
from socialtext.io.html import extract_text
from socialtext.io.schema import Record, Reject

SUFFIXES: Final = (".txt", ".jsonl", ".html", ".htm", ".txt.gz", ".jsonl.gz", ".html.gz", ".htm.gz")
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
N_BYTES_SNIFFED: Final = 8192


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read.

    Attributes
    ----------
    unit : {"document", "line"}
        What one record of a ``.txt`` file is.
    encoding : str or None
        Of text without a byte order mark; UTF-8 by default.
    text_field, id_field, lang_field : str
        Names in JSON records.
    text_format : {"auto", "text", "html"}
        What the texts are; ``auto`` takes files that end in ``.html`` for HTML and all else for plain text.
    """

    unit: str = "document"
    encoding: str | None = None
    text_field: str = "text"
    id_field: str = "id"
    lang_field: str = "lang"
    text_format: str = "auto"


def find_sources(inputs: Iterable[str]) -> list[str]:
    """Return the files that the inputs name, folders and globs expanded in the order of their names.

    Raises
    ------
    InputError
        ST301 no such file, ST302 a folder or pattern without a readable file, ST303 an ending that is not read.
    """
    sources: list[str] = []
    for name in inputs:
        if not name:
            raise InputError("ST301", "an input has an empty name; the current folder is .")
        try:
            sources += _expand(name)
        except OSError as error:
            raise InputError("ST304", f"{name}: cannot be read: {error.strerror or error}") from error
    for source in sources:
        if source != "-" and not source.endswith(SUFFIXES):
            raise InputError("ST303", f"{source}: cannot read this ending; expected {', '.join(SUFFIXES)}")
    return list(dict.fromkeys(sources))  # a file that is named twice is read once


def _expand(name: str) -> list[str]:
    path = Path(name)
    if name == "-" or path.is_file():
        return [name]
    if path.is_dir():
        list(path.iterdir())  # a folder that may not be read is not an empty one
        found = sorted(str(file) for file in path.rglob("*") if file.is_file() and file.name.endswith(SUFFIXES))
        if not found:
            raise InputError("ST302", f"{name}: no {' or '.join(SUFFIXES[:2])} file in this folder")
        return found
    if glob.has_magic(name):
        matches = glob.glob(name, recursive=True)  # noqa: PTH207, Path.glob takes no absolute pattern
        found = sorted(file for file in matches if Path(file).is_file())
        if not found:
            raise InputError("ST302", f"{name}: no file fits this pattern")
        return found
    raise InputError("ST301", f"{name}: no such file or folder")


def count_bytes(sources: Iterable[str]) -> int | None:
    """Return the size of all sources on disk, or None where it cannot be known."""
    total = 0
    for source in sources:
        if source == "-" or source.endswith(".gz"):
            return None
        total += Path(source).stat().st_size
    return total


def read_records(sources: Sequence[str], options: ReadOptions) -> Iterator[Record | Reject]:
    """Yield the records of all sources in order, HTML as the plain text of its content."""
    for record in _read_records(sources, options):
        is_html = options.text_format == "html" or (
            options.text_format == "auto" and record.source.removesuffix(".gz").endswith(HTML_SUFFIXES)
        )
        yield _extract(record) if is_html and isinstance(record, Record) else record


def _extract(record: Record) -> Record | Reject:
    text = extract_text(record.text)
    if not text.strip():
        return Reject(record.source, record.number, "html", "ST319", "is HTML without content, or no HTML")
    return replace(record, text=text)


def _read_records(sources: Sequence[str], options: ReadOptions) -> Iterator[Record | Reject]:
    names = Counter(Path(source).name for source in sources)
    for source in sources:
        name = "stdin" if source == "-" else source
        # Files of one name in several folders are told apart by their folders.
        label = Path(name).name if names[Path(source).name] < 2 else name
        try:
            with _open(source) as file:
                if source.removesuffix(".gz").endswith(".jsonl"):
                    yield from _read_json_lines(name, label, file, options)
                elif options.unit == "line":
                    yield from _read_lines(name, label, file, options)
                else:
                    yield _read_document(name, label, file.read(), options)
        except (OSError, EOFError) as error:
            yield Reject(name, 0, "unreadable", "ST304", f"cannot be read to its end, records are missing: {error}")


def _open(source: str) -> IO[bytes]:
    if source == "-":
        if sys.stdin is None:
            raise OSError("standard input is closed")
        return sys.stdin.buffer
    if source.endswith(".gz"):
        return io.BufferedReader(gzip.open(source))
    return Path(source).open("rb")


def _choose_encoding(head: bytes, options: ReadOptions) -> str:
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding
    return options.encoding or "utf-8"


def _is_binary(head: bytes, encoding: str) -> bool:
    """Whether bytes are no text: NUL bytes, or more control codes than any text has."""
    if encoding.startswith(("utf-16", "utf-32")):
        return False
    n_controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    return b"\x00" in head or n_controls > len(head) / 20


def _decode(data: bytes, encoding: str) -> tuple[str, int]:
    """Return the text and the number of characters that stand for undecodable bytes."""
    try:
        return data.decode(encoding), 0
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        return text, text.count("\N{REPLACEMENT CHARACTER}")


def _make_encodable(text: str) -> str:
    """Replace lone surrogates, which no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_head(source: str, options: ReadOptions, n_bytes: int = 16384) -> str:
    """Return the beginning of a text file, by which its language can be told."""
    with _open(source) as file:
        head = file.read(n_bytes)
    return _decode(head, _choose_encoding(head[:4], options))[0]


def _read_document(name: str, label: str, data: bytes, options: ReadOptions) -> Record | Reject:
    encoding = _choose_encoding(data[:4], options)
    if _is_binary(data[:N_BYTES_SNIFFED], encoding):
        return Reject(name, 1, "binary", "ST311", "is a binary file, not text")
    text, n_replaced = _decode(data, encoding)
    if not text.strip():
        return Reject(name, 1, "empty", "ST312", "holds no text")
    return Record(label, text, None, name, 1, len(data), n_replaced, {})


def _iter_lines(name: str, file: IO[bytes], options: ReadOptions) -> Iterator[tuple[int, bytes | str, str]]:
    """Yield (number, line, encoding), as bytes where lines can be told apart in bytes."""
    first = file.readline()
    encoding = _choose_encoding(first[:4], options)
    if encoding.startswith(("utf-16", "utf-32")):
        text, _ = _decode(first + file.read(), encoding)
        for number, line in enumerate(re.split("\r\n|\r|\n", text.removesuffix("\n")), 1):
            yield number, line, encoding
        return
    number = 0
    while first:
        number += 1
        yield number, first.removesuffix(b"\n").removesuffix(b"\r"), encoding
        first = file.readline()


def _read_lines(name: str, label: str, file: IO[bytes], options: ReadOptions) -> Iterator[Record | Reject]:
    for number, line, encoding in _iter_lines(name, file, options):
        if isinstance(line, str):
            text, n_replaced, n_bytes = line, 0, len(line.encode("utf-8", "replace"))
        else:
            if number == 1 and _is_binary(line[:N_BYTES_SNIFFED], encoding):
                yield Reject(name, 1, "binary", "ST311", "is a binary file, not text")
                return
            text, n_replaced = _decode(line, encoding if number == 1 else encoding.removesuffix("-sig"))
            n_bytes = len(line)
        yield Record(f"{label}:{number}", text, None, name, number, n_bytes, n_replaced, {})


def _read_json_lines(name: str, label: str, file: IO[bytes], options: ReadOptions) -> Iterator[Record | Reject]:
    n_records = 0
    for number, line, encoding in _iter_lines(name, file, options):
        if isinstance(line, bytes):
            text, n_replaced = _decode(line, encoding if number == 1 else encoding.removesuffix("-sig"))
        else:
            text, n_replaced = line, 0
        if not text.strip():
            continue
        n_records += 1
        yield _parse_json(name, label, number, text, len(line), n_replaced, options)
    if not n_records:
        yield Reject(name, 0, "empty", "ST312", "holds no records")


def _parse_json(
    name: str, label: str, number: int, line: str, n_bytes: int, n_replaced: int, options: ReadOptions
) -> Record | Reject:
    try:
        fields: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Reject(name, number, "json", "ST313", f"line {number} is no JSON: {error}")
    if not isinstance(fields, dict):
        return Reject(name, number, "json", "ST313", f"line {number} is no JSON object")
    text = fields.pop(options.text_field, None)
    if not isinstance(text, str):
        has = ", ".join(sorted(fields)[:8]) or "none"
        return Reject(
            name, number, "text", "ST314",
            f"line {number} has no text in field {options.text_field!r} (its fields: {has}); name it with --text-field",
        )  # fmt: skip
    if not text.strip() and options.unit == "document":
        return Reject(name, number, "empty", "ST312", f"line {number} holds no text")
    given = fields.pop(options.id_field, None)
    if isinstance(given, list | dict):
        return Reject(
            name, number, "id", "ST315", f"line {number}: the id in field {options.id_field!r} is no text or number"
        )
    record_id = f"{label}:{number}" if given is None else _make_encodable(str(given))
    lang = fields.pop(options.lang_field, None)
    return Record(record_id, text, lang if isinstance(lang, str) else None, name, number, n_bytes, n_replaced, fields)
