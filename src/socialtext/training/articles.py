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
    raw = ""
    blocks: list[dict[str, Any]] = []
    sentences: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    unit: dict[str, Any] | None = None
    n_header = len(header)
    for number, line in enumerate(lines[n_header:], n_header + 1):
        if number > n_header + 1:
            raw += "\n"
        if not line.strip():
            continue
        letter, bar, content = line[0], line[1:3], line[3:]
        if bar != "| " or letter not in KINDS:
            raise InputError("ST310", f"{name}, line {number}: begins with {line[:3]!r}, expected H| B| P| or L|")
        start = len(raw)
        if letter in "HB":
            raw += content.strip()
            unit = None
            if letter == "H":
                sentences.append({"start": start, "end": len(raw)})
        else:
            at = 0
            opened = len(raw)

            def close(opened: int) -> None:
                text = raw[opened:]
                if text.strip():
                    end = opened + len(text.rstrip())
                    begin = opened + len(text) - len(text.lstrip())
                    sentences.append({"start": begin, "end": end})
                    if unit is None:
                        raise InputError("ST310", f"{name}, line {number}: a sentence outside any unit")
                    unit.setdefault("start", begin)
                    unit["end"] = end

            for mark in MARK_RE.finditer(content):
                raw += content[at : mark.start()]
                at = mark.end()
                close(opened)
                if mark[1]:
                    themes = [theme.strip() for theme in mark[2].split(",") if theme.strip()]
                    if unknown := set(themes) - set(THEMES):
                        raise InputError("ST310", f"{name}, line {number}: unknown themes {sorted(unknown)}")
                    if opened < len(raw) and raw[-1] not in " \n":
                        raw += " "
                    unit = {"advice": mark[1] == "+", "themes": themes}
                    units.append(unit)
                else:
                    raw += mark[3]
                opened = len(raw)
            raw += content[at:].rstrip()
            close(opened)
            if letter == "L":
                unit = None
        blocks.append({"start": start, "end": len(raw), "kind": KINDS[letter]})
    record = {
        "id": header["id"],
        "lang": header["lang"],
        "style": header["style"],
        "text": raw,
        "blocks": blocks,
        "sentences": sentences,
        "units": [
            {"start": u["start"], "end": u["end"], "advice": u["advice"], "themes": u["themes"]} for u in units
        ],
    }
    return raw, record


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
