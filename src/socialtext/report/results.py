"""What ``process`` wrote, read back: unit rows or documents, one document at a time.

Comes in: the name of a result. Goes out: a `Document` for each, with an empty ``raw`` and ``text`` where the result
carries none. It refuses to know what the documents are wanted for.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from socialtext.errors import InputError
from socialtext.io.files import reading
from socialtext.io.readers import N_CHARACTERS_CELL
from socialtext.types import AdviceUnit, Block, Document, Sentence

SUFFIXES: Final = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet")
REJECT_FIELDS: Final = ("source", "number", "reason", "code", "message")
SCORE_PREFIX: Final = "score_"
N_ROWS_BATCH: Final = 2048


def read_documents(result: str) -> Iterator[Document]:
    """Yield the documents of a result of ``process``: a file, or a folder of such files.

    Raises
    ------
    InputError
        ST301 no such result, ST302 a folder without one, ST303 an ending that is not read, ST341 a row that cannot
        be read, ST342 rows that are neither units nor documents.
    """
    for path in _find_files(result):
        keyed = ((_document_key(path, number, row), number, row) for number, row in enumerate(_read_rows(path), 1))
        for key, group in groupby(keyed, itemgetter(0)):
            _, number, first = next(group)
            try:
                if "units" in first:
                    yield _parse_document(first)
                else:
                    yield _gather_units(key, [first, *(row for _, _, row in group)])
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(
                    "ST341", f"{path}, row {number}: is not as socialtext process writes it ({error!r})"
                ) from error


def read_rejects(name: str) -> Iterator[dict[str, Any]]:
    """Yield the rejects that ``process --rejects`` kept.

    Raises
    ------
    InputError
        ST301 no such file, ST341 a row that cannot be read, ST343 rows that are no rejects.
    """
    path = Path(name)
    if not path.is_file():
        raise InputError("ST301", f"{name}: no such file of rejects")
    for number, row in enumerate(_read_json_lines(path), 1):
        if missing := [field for field in REJECT_FIELDS if field not in row]:
            raise InputError(
                "ST343", f"{name}, row {number}: has no {missing[0]!r}; expected the file of process --rejects"
            )
        yield {field: row[field] for field in REJECT_FIELDS}


def _find_files(result: str) -> list[Path]:
    path = Path(result)
    if path.is_dir():
        found = sorted(
            file for file in path.iterdir() if file.name.endswith(SUFFIXES) and not file.name.startswith(("_", "."))
        )
        if not found:
            raise InputError("ST302", f"{result}: no {', '.join(SUFFIXES)} file in this folder")
        return found
    if not path.is_file():
        raise InputError("ST301", f"{result}: no such file or folder")
    if not path.name.endswith(SUFFIXES):
        raise InputError("ST303", f"{result}: cannot read this ending; expected {', '.join(SUFFIXES)}")
    return [path]


def _document_key(path: Path, number: int, row: Mapping[str, Any]) -> Any:
    """Return what all rows of one document share; rows of a document follow each other."""
    if "units" in row and "id" in row:
        return number
    if "doc_id" in row and "advice" in row:
        return row["doc_id"]
    raise InputError(
        "ST342",
        f"{path}, row {number}: neither an advice unit nor a document (fields: {', '.join(sorted(row)[:8])}); "
        "expected the output of socialtext process",
    )


def _read_rows(path: Path) -> Iterable[Mapping[str, Any]]:
    try:
        if path.suffix == ".parquet":
            yield from _read_parquet(path)
        elif path.suffix == ".csv":
            csv.field_size_limit(N_CHARACTERS_CELL)  # of a process; a unit may be longer than its default
            with path.open(encoding="utf-8", newline="") as file:
                yield from map(_parse_cells, csv.DictReader(file))
        else:
            yield from _read_json_lines(path)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InputError("ST341", f"{path}: cannot be read to its end: {error}") from error


def _read_parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(N_ROWS_BATCH):
                yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise InputError("ST341", f"{path}: cannot be read as Parquet: {error}") from error


def _read_json_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with reading(str(path)) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError("ST341", f"{path}, line {number}: is no JSON: {error}") from error
            if not isinstance(row, dict):
                raise InputError("ST341", f"{path}, line {number}: is no JSON object")
            yield row


def _parse_cells(cells: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the values of a row of CSV; a unit has no field that is both text and allowed to be absent but one."""
    row: dict[str, Any] = dict(cells)
    if "themes" in row:
        row["themes"] = row["themes"].split("|") if row["themes"] else []
    if "advice" in row:
        row["advice"] = row["advice"] == "True"
    if "heading" in row:
        row["heading"] = row["heading"] or None
    return row


def _parse_unit(row: Mapping[str, Any], scores: Mapping[str, Any]) -> AdviceUnit:
    return AdviceUnit(
        int(row["start"]),
        int(row["end"]),
        row["heading"],
        row["text"],
        bool(row["advice"]),
        float(row["advice_score"]),
        tuple(row["themes"]),
        {theme: float(score) for theme, score in scores.items()},  # a model may have others
    )


def _gather_units(doc_id: str, rows: list[Mapping[str, Any]]) -> Document:
    units = []
    for row in rows:
        scores = {name.removeprefix(SCORE_PREFIX): row[name] for name in row if name.startswith(SCORE_PREFIX)}
        units.append(_parse_unit(row, scores))
    return Document(doc_id, rows[0]["lang"], "", "", (), (), tuple(units))


def _parse_document(row: Mapping[str, Any]) -> Document:
    return Document(
        row["id"],
        row["lang"],
        row.get("raw") or "",
        row.get("text") or "",
        tuple(Block(block["start"], block["end"], block["kind"]) for block in row["blocks"]),
        tuple(Sentence(sentence["start"], sentence["end"]) for sentence in row["sentences"]),
        tuple(_parse_unit(unit, unit["scores"]) for unit in row["units"]),
    )
