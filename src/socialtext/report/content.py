"""What the report page holds: the counts of a corpus, and its documents in the compact form that the page reads.

Comes in: documents and rejects, one at a time. Goes out: one value for JSON. All offsets in it are UTF-16 units of the
text of their document, as browsers count. It refuses to know HTML.
"""

import heapq
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations
from typing import Any, Final, get_args
from unicodedata import normalize
from zlib import crc32

from socialtext.languages.load import load_characters
from socialtext.normalize.normalizer import Normalizer
from socialtext.normalize.steps import STEPS
from socialtext.report.marks import CUE_KINDS, THEME_CUES, find_changes, find_cues, find_normalizer, utf16_offsets
from socialtext.types import LANGUAGES, THEMES, AdviceUnit, Block, BlockKind, Document

BLOCK_KINDS: Final[tuple[BlockKind, ...]] = get_args(BlockKind)
N_REJECTS_KEPT: Final = 10_000  # the counts are of all
# Borders of the bins that charts count by; the first bin begins at 0, the last has no end.
WORD_BORDERS: Final = (6, 11, 21, 31, 51, 81)
SCORE_BORDERS: Final = (10, 20, 30, 40, 50, 60, 70, 80, 90)  # percent


@dataclass
class _Totals:
    """Counts of the documents in one language."""

    documents: int = 0
    units: int = 0
    advice: int = 0
    themes: Counter[str] = field(default_factory=Counter)  # "" where a unit has none
    advice_of: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)  # in both orders
    words: Counter[int] = field(default_factory=Counter)  # by bin
    surest: Counter[int] = field(default_factory=Counter)  # by bin

    def add(self, document: Document) -> None:
        self.documents += 1
        self.units += len(document.units)
        for unit in document.units:
            self.advice += unit.advice
            for theme in unit.themes or ("",):
                self.themes[theme] += 1
                self.advice_of[theme] += unit.advice
            self.pairs.update(permutations(unit.themes, 2))
            self.words[bisect_right(WORD_BORDERS, len(unit.text.split()))] += 1
            self.surest[bisect_right(SCORE_BORDERS, _percent(max(unit.scores.values(), default=0.0)))] += 1


def build_content(
    documents: Iterable[Document],
    rejects: Iterable[Mapping[str, Any]] | None,
    *,
    source: str,
    max_units: int,
    watch: Callable[[Sequence[Document]], Iterable[Document]] = iter,
) -> dict[str, Any]:
    """Return what the page shows.

    Parameters
    ----------
    documents : iterable of Document
    rejects : iterable of mapping, or None
        Rows of the rejects file; None where none was given.
    source : str
        What the page says that it is about.
    max_units : int
        A larger corpus is shown by whole documents, as many as fit, drawn by a checksum of their ids so that the same
        corpus always gives the same page. Counts are of all documents.
    watch : callable
        Goes with the documents that are shown while they are prepared, e.g. a progress bar.
    """
    totals: dict[str, _Totals] = {}
    seen: dict[str, None] = {}
    drawn: list[tuple[int, int, Document]] = []
    n_drawn = 0
    for order, document in enumerate(documents):
        totals.setdefault(document.lang, _Totals()).add(document)
        for unit in document.units:
            seen.update(dict.fromkeys((*unit.scores, *unit.themes)))
        heapq.heappush(drawn, (-crc32(str(document.id).encode("utf-8", "replace")), -order, document))
        n_drawn += len(document.units)
        while n_drawn > max_units and len(drawn) > 1:
            n_drawn -= len(heapq.heappop(drawn)[2].units)
    themes = [theme for theme in THEMES if theme in seen or not seen] + [theme for theme in seen if theme not in THEMES]
    shown = [document for _, _, document in sorted(drawn, key=lambda item: -item[1])]
    kept, reasons = _keep_rejects(rejects or ())
    return {
        "source": source,
        "themes": themes,
        "blockKinds": BLOCK_KINDS,
        "cueKinds": [[kind, THEME_CUES.get(kind)] for kind in CUE_KINDS],
        "steps": STEPS,
        "folds": {lang: _fold_table(lang) for lang in LANGUAGES if lang in totals},
        "totals": {
            lang: {
                "documents": own.documents,
                "units": own.units,
                "advice": own.advice,
                "themes": [own.themes[theme] for theme in (*themes, "")],
                "adviceOf": [own.advice_of[theme] for theme in (*themes, "")],
                "pairs": [[own.pairs[one, other] for other in themes] for one in themes],
                "words": [own.words[at] for at in range(len(WORD_BORDERS) + 1)],
                "surest": [own.surest[at] for at in range(len(SCORE_BORDERS) + 1)],
            }
            for lang, own in sorted(totals.items())
        },
        "documents": [_pack_document(document, themes) for document in watch(shown)],
        "rejects": None if rejects is None else {"reasons": dict(reasons.most_common()), "rows": kept},
    }


def _keep_rejects(rejects: Iterable[Mapping[str, Any]]) -> tuple[list[list[Any]], Counter[str]]:
    kept: list[list[Any]] = []
    reasons: Counter[str] = Counter()
    for row in rejects:
        reasons[row["reason"]] += 1
        if len(kept) < N_REJECTS_KEPT:
            kept.append(list(row.values()))
    return kept, reasons


@cache
def _fold_table(lang: str) -> dict[str, str]:
    """Return what the ``search`` profile makes of single characters, for the search on the page."""
    search = Normalizer(lang, profile="search")
    characters = {chr(row.code) for table in ("common", lang) for row in load_characters(table)}
    folded = {character: search.normalize(character) for character in sorted(characters) if not character.isspace()}
    # The page itself composes and lowers.
    return {character: key for character, key in folded.items() if key != normalize("NFKC", character).lower()}


def _pack_document(document: Document, themes: Sequence[str]) -> dict[str, Any]:
    """Return a document as the page reads it.

    Its text is the normalized one; the raw one where no profile of this version makes the normalized one of it; and
    where the result carries neither, headings and units one below the other.
    """
    if not document.raw:
        return _pack(document, "units", *_string_units(document), themes)
    normalizer = find_normalizer(document.raw, document.text, document.lang)
    if normalizer is None:
        spans = [(unit.start, unit.end) for unit in document.units]
        return _pack(document, "raw", document.raw, document.blocks, spans, themes)
    aligned = normalizer.align(document.raw)
    blocks = [Block(*aligned.span(block.start, block.end), block.kind) for block in document.blocks]
    spans = [aligned.span(unit.start, unit.end) for unit in document.units]
    packed = _pack(document, "text", aligned.text, blocks, spans, themes)
    at = utf16_offsets(aligned.text)
    packed["changes"] = [
        [at(mark.start), at(mark.end), mark.before, mark.steps] for mark in find_changes(normalizer, aligned)
    ]
    return packed


def _string_units(document: Document) -> tuple[str, list[Block], list[tuple[int, int]]]:
    """Return the units and their headings as one text, with its blocks and the spans of the units."""
    text = ""
    blocks: list[Block] = []
    spans = []
    heading = None
    for unit in document.units:
        if unit.heading and unit.heading != heading:
            blocks.append(Block(len(text), len(text) + len(unit.heading), "heading"))
            text += unit.heading + "\n"
        heading = unit.heading
        span = len(text), len(text) + len(unit.text)
        spans.append(span)
        blocks += [Block(span[0] + start, span[0] + end, "paragraph") for start, end in _lines(unit.text)]
        text += unit.text + "\n"
    return text, blocks, spans


def _lines(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[^\n]+", text)]


def _pack(
    document: Document,
    form: str,
    text: str,
    blocks: Sequence[Block],
    spans: Sequence[tuple[int, int]],
    themes: Sequence[str],
) -> dict[str, Any]:
    at = utf16_offsets(text)
    return {
        "id": document.id,
        "lang": document.lang,
        "form": form,
        "text": text,
        "blocks": [[at(block.start), at(block.end), BLOCK_KINDS.index(block.kind)] for block in blocks],
        "units": [
            [
                at(start),
                at(end),
                _heading_above(unit, blocks, start),
                int(unit.advice),
                _percent(unit.advice_score),
                [themes.index(theme) for theme in unit.themes],
                [_percent(unit.scores.get(theme, 0.0)) for theme in themes],
                [
                    [at(start + cue.start), at(start + cue.end), CUE_KINDS.index(cue.kind)]
                    for cue in find_cues(text[start:end], document.lang)
                ],
            ]
            for unit, (start, end) in zip(document.units, spans, strict=True)
        ],
        "changes": [],
    }


def _percent(score: float) -> int:
    """Return whole percents, the same of 32-bit scores as of the four places that text keeps."""
    return round(100 * round(score, 4))


def _heading_above(unit: AdviceUnit, blocks: Sequence[Block], start: int) -> int:
    """Return the index of the heading block of a unit, or -1."""
    if unit.heading is None:
        return -1
    above = bisect_right(blocks, start, key=lambda block: block.start) - 1
    while above >= 0 and blocks[above].kind != "heading":
        above -= 1
    return above
