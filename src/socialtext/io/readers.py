"""Corpora in: the records of a source, or of a part of it, one at a time.

Comes in: a `Part`. Goes out: `Record` or, where something is wrong with one of them, `Reject`: a bad file never
stops the others, and no file is held in memory. It knows no language and no stage.
"""

import codecs
import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final

from socialtext.io.files import find_ending, reading
from socialtext.io.html import SUFFIXES as HTML_SUFFIXES
from socialtext.io.html import extract_page
from socialtext.io.schema import Record, Reject
from socialtext.io.sources import label_sources

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
N_BYTES_SNIFFED: Final = 8192
N_BYTES_CHUNK: Final = 1 << 22
N_ROWS_BATCH: Final = 64
# The most that one character takes in any encoding, and in JSON (twice \uXXXX) with as much again for other fields.
N_BYTES_CHARACTER: Final = 4
N_BYTES_CHARACTER_JSON: Final = 24
# A quotation mark that is never closed must not swallow a file of any size.
N_CHARACTERS_CELL: Final = 1 << 24
# Of tables, likeliest first: where the comma is a decimal sign, spreadsheets write semicolons under the same ending.
DELIMITERS: Final = {".csv": ",;\t", ".tsv": "\t,;"}
# A pipe may deliver the brace alone.
JSON_OBJECT_RE: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*(?:["}]|\Z)')
CHARSET_RE: Final = re.compile(rb"<meta[^>]{1,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# Of old Arabic pages read as UTF-8, four of five characters stand for undecodable bytes; of an Indonesian page with
# the quotation marks of Windows, one of a hundred.
MAX_REPLACED: Final = 0.25
# A letter that is cut, or a comment in another encoding, does not make a text in UTF-8 one that is not.
MIN_DECODED: Final = 4  # characters beyond ASCII for each undecodable place
BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
NO_LATIN_LETTERS: Final = bytes(range(0xC0))


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
        Names in JSON records and columns of tables.
    max_chars : int or None
        A longer text is a reject, and is not even decoded where its bytes tell.
    text_format : {"auto", "text", "html"}
        What the texts are; ``auto`` takes files that end in ``.html`` for HTML and all else for plain text.
    """

    unit: str = "document"
    encoding: str | None = None
    text_field: str = "text"
    id_field: str = "id"
    lang_field: str = "lang"
    max_chars: int | None = None
    text_format: str = "auto"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a source: all of it, whole lines, or row groups of Parquet.

    Attributes
    ----------
    source : str
    label : str
        What the ids of records begin with that have none of their own.
    start, stop : int
        Bytes of a text file, row groups of Parquet, half-open; `stop` None for the end.
    n_before : int
        Lines or rows of the source before the part.
    n_bytes : int
        As stored.
    """

    source: str
    label: str
    start: int = 0
    stop: int | None = None
    n_before: int = 0
    n_bytes: int = 0

    @property
    def name(self) -> str:
        """Name of the source as messages give it."""
        return "stdin" if self.source == "-" else self.source

    @property
    def is_whole(self) -> bool:
        """Whether it is all of its source."""
        return self.start == 0 and self.stop is None


def read_records(sources: Sequence[str], options: ReadOptions) -> Iterator[Record | Reject]:
    """Yield the records of all sources in order."""
    return read_parts((Part(*pair) for pair in zip(sources, label_sources(sources), strict=True)), options)


def read_parts(parts: Iterable[Part], options: ReadOptions) -> Iterator[Record | Reject]:
    """Yield the records of all parts in order, HTML as the plain text of its content."""
    for part in parts:
        is_html = holds_html(part.source, options)
        for record in _read_part(part, options, is_html=is_html):
            if is_html and isinstance(record, Record):
                record = _extract(record)
            yield _check_decoding(record) if isinstance(record, Record) else record


def holds_html(source: str, options: ReadOptions) -> bool:
    """Whether the texts of a source are taken for HTML."""
    return options.text_format == "html" or (options.text_format == "auto" and find_ending(source) in HTML_SUFFIXES)


def _extract(record: Record) -> Record | Reject:
    text, marked_up = extract_page(record.text)
    if not text.strip():
        message = "is HTML without content, or no HTML"
        return Reject(record.source, record.number, "html", "ST319", message + hint_at_encoding(record))
    # A page whose encoding is named wrongly has accents for letters: «ÊÚáíÞ» for «تعليق».
    if len(text.encode("latin-1", "ignore").translate(None, NO_LATIN_LETTERS)) > len(text) * MAX_REPLACED:
        return _undecodable(record.source, record.number)
    return replace(record, text=text, marked_up=marked_up)


def _check_decoding(record: Record) -> Record | Reject:
    """Return a record, a reject where so much of its text could not be decoded that it must be in another encoding."""
    if record.n_replaced and _is_undecodable(record.text):
        return _undecodable(record.source, record.number)
    return record


def _is_undecodable(text: str) -> bool:
    return text.count("\N{REPLACEMENT CHARACTER}") > len(text) * MAX_REPLACED


def _undecodable(source: str, number: int) -> Reject:
    return Reject(
        source, number, "encoding", "ST318",
        "most of its letters could not be decoded: name its encoding with --encoding; older Arabic and Persian files "
        "are often windows-1256",
    )  # fmt: skip


def hint_at_encoding(record: Record) -> str:
    """Return what to add to the message of a reject where the cause may be that its encoding is another one."""
    return _hint_at_encoding(record.n_replaced)


def _hint_at_encoding(n_replaced: int) -> str:
    if not n_replaced:
        return ""
    places = "1 place" if n_replaced == 1 else f"{n_replaced} places"
    return f"; {places} could not be decoded: is it in another encoding (--encoding)?"


def _read_part(part: Part, options: ReadOptions, *, is_html: bool) -> Iterator[Record | Reject]:
    try:
        if find_ending(part.source) == ".parquet":
            yield from _read_parquet(part, options)
        else:
            yield from _read_text(part, options, is_html=is_html)
    except (OSError, EOFError) as error:
        yield _unreadable(part, error)


def _read_text(part: Part, options: ReadOptions, *, is_html: bool) -> Iterator[Record | Reject]:
    form = find_ending(part.source)
    with reading(part.source) as file:
        if form == ".jsonl" or (part.source == "-" and _begins_like_json(file)):
            yield from _read_json_lines(part, file, options)
        elif form in DELIMITERS:
            yield from _read_csv(part, file, options)
        elif options.unit == "line" and not is_html:
            yield from _read_lines(part, file, options)
        else:
            yield _read_document(part, file, options, is_html=is_html)


def _begins_like_json(file: IO[bytes]) -> bool:
    """Whether a stream, which has no name that tells, begins like an object of JSON Lines."""
    return JSON_OBJECT_RE.match(_peek(file)) is not None


def _peek(file: IO[bytes]) -> bytes:
    """Return the first bytes of a file at its beginning, and stay there."""
    head: bytes = file.peek(N_BYTES_SNIFFED)  # type: ignore[attr-defined]  # what is read from is buffered
    return head[:N_BYTES_SNIFFED]


def _unreadable(part: Part, error: Exception) -> Reject:
    return Reject(part.name, 0, "unreadable", "ST304", f"cannot be read to its end, records are missing: {error}")


def _binary(part: Part) -> Reject:
    message = "is a binary file, not text; if it is UTF-16, say so with --encoding (utf-16-le or utf-16-be)"
    return Reject(part.name, 1, "binary", "ST311", message)


def _too_long(part: Part, number: int, options: ReadOptions) -> Reject:
    return Reject(
        part.name, number, "too_long", "ST316",
        f"has more than {options.max_chars:,} characters: cut it, or raise --max-chars",
    )  # fmt: skip


# Text


def find_encoding(name: str) -> str | None:
    """Return the one name of an encoding of text, None where Python knows none that takes any bytes."""
    try:
        b"\xe9".decode(name, "replace")
    except (LookupError, UnicodeError):
        return None
    return codecs.lookup(name).name


def _find_charset(page: bytes) -> str | None:
    """Return the encoding that an HTML page names in its head, where Python knows it."""
    named = CHARSET_RE.search(page, 0, N_BYTES_SNIFFED)
    encoding = find_encoding(named[1].decode("ascii")) if named else None
    # As browsers do: who writes Latin-1 means the one of Windows, and what is in UTF-16 cannot say so in ASCII.
    return "cp1252" if encoding in ("iso8859-1", "ascii") else None if is_wide(encoding or "") else encoding


def choose_encoding(head: bytes, options: ReadOptions) -> str:
    """Return the encoding that a byte order mark names, else that of the options, else UTF-8.

    What is UTF-8 is no accident: it is read as that whatever the options say, so that a folder may hold files in UTF-8
    beside others.
    """
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding
    if options.encoding is None or (not is_wide(options.encoding) and _is_utf8(head)):
        return "utf-8"
    return options.encoding


def _is_utf8(data: bytes) -> bool:
    """Whether bytes have characters of UTF-8 beyond ASCII, and little beside them that is undecodable."""
    text, n_replaced = _decode(data, "utf-8")
    n_decoded = len(text) - n_replaced - len(data.translate(None, BEYOND_ASCII))
    return n_decoded > n_replaced * MIN_DECODED


def is_wide(encoding: str) -> bool:
    """Whether lines cannot be told apart in bytes."""
    return encoding.startswith(("utf-16", "utf_16", "utf-32", "utf_32"))


def _is_binary(head: bytes, encoding: str) -> bool:
    """Whether bytes are no text: NUL bytes, or more control codes than any text has."""
    if is_wide(encoding):
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


def _decode_document(data: bytes, options: ReadOptions, *, is_html: bool) -> tuple[str, int]:
    """Decode a whole document, as `_decode` does; a page that was saved in UTF-8 may name what it was before."""
    encoding = choose_encoding(data, options)
    if is_html and options.encoding is None and encoding == "utf-8" and not _is_utf8(data):
        encoding = _find_charset(data) or encoding
    return _decode(data, encoding)


def make_encodable(text: str) -> str:
    """Replace lone surrogates, which no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_head(source: str, options: ReadOptions, n_bytes: int = 16384) -> str:
    """Return the beginning of a text file, by which its language can be told."""
    with reading(source) as file:
        head = file.read(n_bytes)
    return _decode(head, choose_encoding(head, options))[0]


def _read_document(part: Part, file: IO[bytes], options: ReadOptions, *, is_html: bool) -> Record | Reject:
    limit = -1 if options.max_chars is None else options.max_chars * N_BYTES_CHARACTER
    data = file.read(limit) if limit < 0 else file.read(limit + 1)
    encoding = choose_encoding(data[:4], options)
    if _is_binary(data[:N_BYTES_SNIFFED], encoding):
        return _binary(part)
    if 0 <= limit < len(data):
        return _too_long(part, 1, options)
    text, n_replaced = _decode_document(data, options, is_html=is_html)
    if not text.strip():
        return Reject(part.name, 1, "empty", "ST312", "holds no text")
    if options.max_chars is not None and len(text) > options.max_chars:
        return _too_long(part, 1, options)
    return Record(part.label, text, None, part.name, 1, len(data), n_replaced, {})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with its end; `text` is cut short where the line is over the limit."""

    number: int
    text: str
    n_bytes: int
    n_replaced: int
    is_cut: bool = False
    is_binary: bool = False


def _iter_lines(
    part: Part, file: IO[bytes], options: ReadOptions, n_bytes_character: int | None = None
) -> Iterator[_Line]:
    """Yield the lines of a part; those over `n_bytes_character` for each allowed character are not kept whole."""
    limit = -1
    if options.max_chars is not None and n_bytes_character is not None:
        limit = options.max_chars * n_bytes_character
    encoding = choose_encoding(_peek(file), options)
    if is_wide(encoding):
        yield from _iter_wide_lines(file, encoding)
        return
    is_first = not part.start
    if part.start:
        encoding = encoding.removesuffix("-sig")
        file.seek(part.start)
    number, at = part.n_before, part.start
    while (part.stop is None or at < part.stop) and (data := file.readline(limit)):
        n_bytes = len(data)
        is_cut = limit >= 0 and n_bytes == limit and not data.endswith(b"\n")
        if is_cut:
            n_bytes += skip_line(file)
        at += n_bytes
        number += 1
        if is_first:
            is_first = False
            text, n_replaced = _decode(data, encoding)
            encoding = encoding.removesuffix("-sig")
            yield _Line(number, text, n_bytes, n_replaced, is_cut, _is_binary(data[:N_BYTES_SNIFFED], encoding))
        else:
            text, n_replaced = ("", 0) if is_cut else _decode(data, encoding)
            yield _Line(number, text, n_bytes, n_replaced, is_cut)


def skip_line(file: IO[bytes]) -> int:
    """Read to the end of a line; return the number of bytes."""
    n_bytes = 0
    while data := file.readline(N_BYTES_CHUNK):
        n_bytes += len(data)
        if data.endswith(b"\n"):
            break
    return n_bytes


def _iter_wide_lines(file: IO[bytes], encoding: str) -> Iterator[_Line]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    rest = ""
    number = 0
    for data in iter(partial(file.read, N_BYTES_CHUNK), b""):
        # A carriage return at the end of what was read may be half a line end.
        *lines, rest = re.split("\r\n|\n|\r(?!$)", rest + decoder.decode(data))
        for line in lines:
            number += 1
            yield _make_wide_line(number, line + "\n")
    rest = (rest + decoder.decode(b"", final=True)).removesuffix("\r")
    if rest:
        yield _make_wide_line(number + 1, rest)


def _make_wide_line(number: int, text: str) -> _Line:
    return _Line(number, text, len(text.encode("utf-8", "replace")), text.count("\N{REPLACEMENT CHARACTER}"))


def _strip_end(line: str) -> str:
    return line.removesuffix("\n").removesuffix("\r")


def _read_lines(part: Part, file: IO[bytes], options: ReadOptions) -> Iterator[Record | Reject]:
    for line in _iter_lines(part, file, options, N_BYTES_CHARACTER):
        if line.is_binary:
            yield _binary(part)
            return
        text = _strip_end(line.text)
        if line.is_cut or (options.max_chars is not None and len(text) > options.max_chars):
            yield _too_long(part, line.number, options)
        else:
            yield Record(
                f"{part.label}:{line.number}", text, None, part.name, line.number, line.n_bytes, line.n_replaced, {}
            )


# Records with named fields


def _read_json_lines(part: Part, file: IO[bytes], options: ReadOptions) -> Iterator[Record | Reject]:
    n_records = 0
    for line in _iter_lines(part, file, options, N_BYTES_CHARACTER_JSON):
        if line.is_cut:
            n_records += 1
            yield _too_long(part, line.number, options)
        elif line.text.strip():
            n_records += 1
            yield _parse_json(part, line, options)
    if not n_records and part.is_whole:
        yield Reject(part.name, 0, "empty", "ST312", "holds no records")


def _parse_json(part: Part, line: _Line, options: ReadOptions) -> Record | Reject:
    try:
        fields: Any = json.loads(line.text)
    except (ValueError, RecursionError) as error:
        message = f"line {line.number} is no JSON: {error}; each line must be one object"
        return Reject(part.name, line.number, "json", "ST313", message)
    if not isinstance(fields, dict):
        message = f"line {line.number} is no JSON object; each line must be one"
        return Reject(part.name, line.number, "json", "ST313", message)
    return _make_record(part, line.number, fields, line.n_bytes, line.n_replaced, options, "line")


def _make_record(
    part: Part, number: int, fields: dict[str, Any], n_bytes: int, n_replaced: int, options: ReadOptions, noun: str
) -> Record | Reject:
    """Return the record that named fields make; with a line goes what is left of `fields`, which a document has no use
    for, and which may be as large as the page that its text was taken from.
    """
    if options.text_field not in fields:
        return _no_text(part, number, f"{noun} {number}", fields, options)
    text = fields.pop(options.text_field)
    if not isinstance(text, str):
        what = "is null" if text is None else "is no text"
        return Reject(part.name, number, "text", "ST314", f"{noun} {number}: field {options.text_field!r} {what}")
    if not text.strip() and options.unit == "document":
        return Reject(part.name, number, "empty", "ST312", f"{noun} {number} holds no text")
    if options.max_chars is not None and len(text) > options.max_chars:
        return _too_long(part, number, options)
    given = fields.pop(options.id_field, None)
    if isinstance(given, list | dict):
        return Reject(
            part.name, number, "id", "ST315",
            f"{noun} {number}: the id in field {options.id_field!r} is no text or number",
        )  # fmt: skip
    record_id = f"{part.label}:{number}" if given in (None, "") else make_encodable(str(given))
    lang = fields.pop(options.lang_field, None)
    rest = fields if options.unit == "line" else {}
    return Record(
        record_id, text, lang if isinstance(lang, str) else None, part.name, number, n_bytes, n_replaced, rest
    )


def _no_text(part: Part, number: int, what: str, fields: Iterable[str], options: ReadOptions, hint: str = "") -> Reject:
    has = ", ".join(sorted(fields)[:8]) or "none"
    return Reject(
        part.name, number, "text", "ST314",
        f"{what} has no text in field {options.text_field!r} (its fields: {has}); name it with --text-field{hint}",
    )  # fmt: skip


def name_columns(names: Sequence[str]) -> list[str]:
    """Return names of columns that all differ: the second «note» is ``note_2``, a fifth without name ``column_5``."""
    result: list[str] = []
    for number, name in enumerate(names, 1):
        own = unique = name or f"column_{number}"
        n_equal = 1
        while unique in result or (unique != name and unique in names):
            n_equal += 1
            unique = f"{own}_{n_equal}"
        result.append(unique)
    return result


def iter_csv_rows(part: Part, file: IO[bytes], options: ReadOptions) -> Iterator[tuple[list[str] | str, int, int]]:
    """Yield (cells, bytes, undecodable places) of each row; a message where the row is no CSV.

    A quoted cell may hold line ends, so that only reading tells where a row ends. The header tells the delimiter.
    """
    csv.field_size_limit(N_CHARACTERS_CELL)  # the limit is one for all readers of a process; its default is 131072
    n_bytes = n_replaced = n_quotes = 0

    def iter_texts() -> Iterator[str]:
        nonlocal n_bytes, n_replaced, n_quotes
        for line in _iter_lines(part, file, options):
            n_bytes += line.n_bytes
            n_replaced += line.n_replaced
            n_quotes += line.text.count('"')
            yield line.text

    texts = iter_texts()
    if part.start:
        encoding = choose_encoding(_peek(file), options)
        header = _decode(file.readline(), encoding)[0]
        file.seek(0)
    else:
        header = next(texts, "")
        texts = chain([header], texts)
    rows = csv.reader(texts, delimiter=_choose_delimiter(part, header, options))
    while True:
        try:
            cells: list[str] | str = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            cells = str(error)
            # What is left of a quoted cell that is too long would be taken for rows.
            while n_quotes % 2 and next(texts, None) is not None:
                pass
        yield cells, n_bytes, n_replaced
        n_bytes = n_replaced = n_quotes = 0


def _choose_delimiter(part: Part, header: str, options: ReadOptions) -> str:
    """Return what makes of a header names with that of the text among them, or else the most names."""

    def judge(delimiter: str) -> tuple[bool, int]:
        with suppress(csv.Error):
            names = next(csv.reader([header], delimiter=delimiter), [])
            return options.text_field in names, len(names)
        return False, 0

    return max(DELIMITERS[find_ending(part.source)], key=judge)


def _read_csv(part: Part, file: IO[bytes], options: ReadOptions) -> Iterator[Record | Reject]:
    rows = iter_csv_rows(replace(part, start=0) if part.start else part, file, options)
    header, _, n_replaced = next(rows, ([], 0, 0))
    names = name_columns(header) if isinstance(header, list) else []
    if part.start:
        file.seek(0)
        rows = iter_csv_rows(part, file, options)
    if options.text_field not in names:
        if part.start == 0 and n_replaced and _is_undecodable("".join(names)):
            yield _undecodable(part.name, 0)
        elif part.start == 0 and names:
            yield _no_text(part, 0, "the header", names, options, _hint_at_encoding(n_replaced))
        elif part.start == 0:
            yield Reject(part.name, 0, "empty", "ST312", "holds no records")
        return
    number = n_before = part.n_before
    for cells, n_bytes, n_replaced in rows:
        if not cells:
            continue  # a blank line
        number += 1
        if isinstance(cells, str):
            yield Reject(part.name, number, "csv", "ST317", f"row {number} is no CSV: {cells}")
        elif len(cells) != len(names):
            yield Reject(
                part.name, number, "csv", "ST317",
                f"row {number} has {len(cells)} cells, the header {len(names)}: is a quotation mark not closed?",
            )  # fmt: skip
        else:
            fields = dict(zip(names, cells, strict=True))
            yield _make_record(part, number, fields, n_bytes, n_replaced, options, "row")
    if number == n_before and part.is_whole:
        yield Reject(part.name, 0, "empty", "ST312", "holds no records")


def open_parquet(file: IO[bytes]) -> "pq.ParquetFile":
    """Open a Parquet file.

    Raises
    ------
    OSError
        It is none, or it is cut off.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(file)
    except pa.ArrowException as error:
        raise OSError(str(error)) from error


def _read_parquet(part: Part, options: ReadOptions) -> Iterator[Record | Reject]:
    import pyarrow as pa

    with reading(part.source) as file, open_parquet(file) as parquet:
        names = parquet.schema_arrow.names
        if options.text_field not in names:
            if part.start == 0:
                yield _no_text(part, 0, "the table", names, options)
            return
        if part.is_whole and not parquet.metadata.num_rows:
            yield Reject(part.name, 0, "empty", "ST312", "holds no records")
            return
        # Other columns travel only with lines, which keep them.
        own = [name for name in (options.text_field, options.id_field, options.lang_field) if name in names]
        stop = parquet.num_row_groups if part.stop is None else part.stop
        number = part.n_before
        try:
            for batch in parquet.iter_batches(
                N_ROWS_BATCH, list(range(part.start, stop)), None if options.unit == "line" else own, use_threads=False
            ):
                for fields in _iter_parquet_rows(batch):
                    number += 1
                    if isinstance(fields, str):
                        yield Reject(part.name, number, "parquet", "ST322", f"row {number} cannot be read: {fields}")
                        continue
                    text = fields.get(options.text_field)
                    n_bytes = len(text.encode("utf-8", "replace")) if isinstance(text, str) else 0
                    yield _make_record(part, number, fields, n_bytes, 0, options, "row")
        except pa.ArrowException as error:
            raise OSError(str(error)) from error


def _iter_parquet_rows(batch: "pa.RecordBatch") -> Iterator[dict[str, Any] | str]:
    """Yield the fields of each row; a message where one of them cannot be read."""
    batch = batch.rename_columns(name_columns(batch.schema.names))
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        for row in range(batch.num_rows):
            try:
                yield {name: _read_cell(batch.column(name)[row]) for name in batch.schema.names}
            except (ValueError, OverflowError) as error:
                yield str(error)


def _read_cell(cell: "pa.Scalar[Any]") -> Any:
    """Return a value; as text where Python has none for it, as for times to the nanosecond."""
    import pyarrow as pa

    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        return cell.cast(pa.string()).as_py()
