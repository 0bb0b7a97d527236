"""The records that come out: one row an advice unit, or one object a document; and the rows of what was rejected."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from socialtext.io._rows import list_unit_rows, list_units
from socialtext.types import THEMES, Block, Document

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Record:
    """One document or line as it was read.

    Attributes
    ----------
    id : str
        Given id, or the name of the file (with the number of the record where a file holds several).
    text : str
    lang : str or None
        Where the record names it.
    source : str
        The file.
    number : int
        Of the record in its file, from 1.
    n_bytes : int
        As read.
    n_replaced : int
        Undecodable bytes that became U+FFFD.
    fields : dict
        All other fields of the record.
    marked_up : tuple of Block
        Headings and list items, in order, where the text was HTML.
    """

    id: str
    text: str
    lang: str | None
    source: str
    number: int
    n_bytes: int
    n_replaced: int
    fields: dict[str, Any]
    marked_up: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be processed, and why.

    ``reason`` is one of ``unreadable empty binary encoding html json csv text id too_long language failed timeout
    killed_worker``.
    """

    source: str
    number: int
    reason: str
    code: str
    message: str


def reject_row(reject: Reject) -> dict[str, Any]:
    """Return the row of a reject."""
    return asdict(reject)


def unit_rows(document: Document, themes: Sequence[str] = THEMES) -> list[dict[str, Any]]:
    """Return one row for each advice unit of a document, with a score column for each theme of the model."""
    return list_unit_rows(document, [(f"score_{theme}", theme) for theme in themes])


def document_row(document: Document, *, with_text: bool) -> dict[str, Any]:
    """Return the record of a document; `with_text` adds the raw and the normalized text."""
    row: dict[str, Any] = {
        "id": document.id,
        "lang": document.lang,
        "blocks": [{"start": block.start, "end": block.end, "kind": block.kind} for block in document.blocks],
        "sentences": [{"start": sentence.start, "end": sentence.end} for sentence in document.sentences],
        "units": list_units(document),
    }
    if with_text:
        row |= {"raw": document.raw, "text": document.text}
    return row


def unit_schema(themes: Sequence[str] = THEMES) -> "pa.Schema":
    """Return the Arrow schema of unit rows; the score columns are named by the themes of the model."""
    import pyarrow as pa

    columns: list[tuple[str, pa.DataType]] = [
        ("doc_id", pa.string()),
        ("lang", pa.string()),
        ("unit", pa.int32()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("heading", pa.string()),
        ("text", pa.string()),
        ("advice", pa.bool_()),
        ("advice_score", pa.float32()),
        ("themes", pa.list_(pa.string())),
    ]
    return pa.schema(columns + [(f"score_{theme}", pa.float32()) for theme in themes])


def document_schema(*, with_text: bool, themes: Sequence[str] = THEMES) -> "pa.Schema":
    """Return the Arrow schema of document rows."""
    import pyarrow as pa

    span: list[tuple[str, pa.DataType]] = [("start", pa.int64()), ("end", pa.int64())]
    unit: pa.DataType = pa.struct(
        [
            *span,
            ("heading", pa.string()),
            ("text", pa.string()),
            ("advice", pa.bool_()),
            ("advice_score", pa.float32()),
            ("themes", pa.list_(pa.string())),
            ("scores", pa.struct([(theme, pa.float32()) for theme in themes])),
        ]
    )
    columns: list[tuple[str, pa.DataType]] = [
        ("id", pa.string()),
        ("lang", pa.string()),
        ("blocks", pa.list_(pa.struct([*span, ("kind", pa.string())]))),
        ("sentences", pa.list_(pa.struct(span))),
        ("units", pa.list_(unit)),
    ]
    if with_text:
        columns += [("raw", pa.string()), ("text", pa.string())]
    return pa.schema(columns)
