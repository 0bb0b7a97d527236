"""Compile annotated articles from their light markup to raw text and document records.

Comes in: one file an article, each line one line of the page with a letter for its kind::

    @id fa-001
    @lang fa
    @style blog
    H| a heading
    B| boilerplate
    P| <<+ engagement, data>> first sentence of a unit || its second sentence <<- >> a unit without advice
    L| <<- >> • a list item

``||`` is a sentence border, ``<<+ themes>>`` or ``<<- themes>>`` begins a unit with or without advice. A paragraph
without an opener goes on with the unit before it. Goes out: the page without the marks, and a record of the
annotation guidelines whose offsets point into it.

Run as ``python -m socialtext.training.articles MARKUP_FOLDER ARTICLE_FOLDER RECORDS.jsonl``.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

from socialtext.errors import InputError
from socialtext.types import THEMES

KINDS: Final = {"H": "heading", "P": "paragraph", "L": "list_item", "B": "boilerplate"}
MARK_RE: Final = re.compile(r"<<\s*([+-])\s*([^<>]*)>> ?| ?\|\|( ?)")


def compile_article(markup: str, name: str) -> tuple[str, dict[str, Any]]:
    """Return the raw text of an article and its document record.

    Raises
    ------
    InputError
        ST310, with the line: an unknown kind or theme, or a content line outside any unit.
    """
    lines = markup.rstrip("\n").split("\n")
    header = dict(line[1:].split(" ", 1) for line in lines if line.startswith("@"))
    page: list[str] = []
    offset = 0
    blocks: list[dict[str, Any]] = []
    sentences: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    unit: dict[str, Any] | None = None
    for number, line in enumerate(lines[len(header) :], len(header) + 1):
        place = f"{name}, line {number}"
        text = ""
        if line.strip():
            if line[1:3] != "| " or line[0] not in KINDS:
                raise InputError("ST310", f"{place}: begins with {line[:3]!r}, expected H| B| P| or L|")
            kind = KINDS[line[0]]
            if kind in ("paragraph", "list_item"):
                text, spans, unit = _compile_content(line[3:], offset, unit, units, place)
                sentences += spans
            else:
                text = line[3:].strip()
                if kind == "heading":
                    sentences.append({"start": offset, "end": offset + len(text)})
            if kind != "paragraph":
                unit = None
            blocks.append({"start": offset, "end": offset + len(text), "kind": kind})
        page.append(text)
        offset += len(text) + 1
    raw = "\n".join(page)
    record = {"id": header["id"], "lang": header["lang"], "style": header["style"], "text": raw}
    order = ("start", "end", "advice", "themes")
    return raw, {
        **record,
        "blocks": blocks,
        "sentences": sentences,
        "units": [{name: unit[name] for name in order} for unit in units],
    }


def _compile_content(
    content: str, offset: int, unit: dict[str, Any] | None, units: list[dict[str, Any]], place: str
) -> tuple[str, list[dict[str, Any]], dict[str, Any] | None]:
    """Compile a paragraph or list item that begins at `offset`; return its text, its sentences and the open unit."""
    text = ""
    sentences = []
    # The parts between the marks, each with the mark before it.
    marks = [None, *MARK_RE.finditer(content)]
    ends = [*(mark.start() for mark in marks if mark), len(content)]
    for mark, end in zip(marks, ends, strict=True):
        if mark and mark[1]:
            themes = [theme.strip() for theme in mark[2].split(",") if theme.strip()]
            if unknown := set(themes) - set(THEMES):
                raise InputError("ST310", f"{place}: unknown themes {sorted(unknown)}")
            unit = {"advice": mark[1] == "+", "themes": themes}
            units.append(unit)
        elif mark:
            text += mark[3]
        part = content[mark.end() if mark else 0 : end]
        if mark and mark[1] and text and not text.endswith(" "):
            text += " "
        stripped = part.strip()
        if stripped:
            if unit is None:
                raise InputError("ST310", f"{place}: a sentence outside any unit")
            start = offset + len(text) + part.index(stripped)
            sentences.append({"start": start, "end": start + len(stripped)})
            unit.setdefault("start", start)
            unit["end"] = start + len(stripped)
        text += part
    return text.rstrip(), sentences, unit


def main(markup_folder: str, article_folder: str, records_path: str) -> None:
    """Compile every article of a folder, in the order of the file names."""
    target = Path(article_folder)
    target.mkdir(parents=True, exist_ok=True)
    records = []
    for path in sorted(Path(markup_folder).glob("*.txt")):
        raw, record = compile_article(path.read_text(encoding="utf-8"), path.name)
        (target / path.name).write_text(raw + "\n", encoding="utf-8")
        records.append(json.dumps(record, ensure_ascii=False) + "\n")
    Path(records_path).write_text("".join(records), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
