"""From raw text to its structure: blocks, sentences and the ranges of advice units.

Comes in: raw text and the tools of its language. Goes out: spans in raw offsets. It refuses to know labels and
normalized text; the caller lends it the fold by which words are looked up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from socialtext._values import Maker
from socialtext.models import load_model
from socialtext.segment.blocks import LineClassifier
from socialtext.segment.page import PageReader
from socialtext.segment.units import BorderScorer, Content, FloatArray, choose_content, find_starts
from socialtext.types import Block, BlockKind, Sentence

_make_block: Final = Maker(Block)
_make_sentence: Final = Maker(Sentence)


class UnitSpan(NamedTuple):
    """An advice unit before it is labelled: its raw span and the index of the heading block above it."""

    start: int
    end: int
    heading: int | None


@dataclass(frozen=True, slots=True)
class Structure:
    """Blocks, sentences and advice units of a document, in raw offsets."""

    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    units: tuple[UnitSpan, ...]


class StructureFinder:
    """Find the structure of texts in one language.

    Parameters
    ----------
    lang : str
    fold : callable
        What `normalize.normalizer.load_fold` gives for the language.
    """

    def __init__(self, lang: str, fold: Callable[[str], str]) -> None:
        self._reader = PageReader(lang, fold)

    def find(self, raw: str, *, granularity: float = 0.5) -> Structure:
        """Return the structure of one document; see `units.find_starts` for the granularity."""
        page = self._reader.read(raw)
        kinds = _load_classifier().choose(page)
        blocks = tuple(
            _make_block(start, end, kind) for (start, end, *_), kind in zip(page.lines.tolist(), kinds, strict=True)
        )
        content = choose_content(page, kinds)
        scores = _load_scorer().score(content)
        units = _cut_units(content, find_starts(scores, granularity), _headings_above(kinds))
        return Structure(blocks, tuple(_build_sentences(content, blocks, scores)), tuple(units))


def _build_sentences(content: Content, blocks: Sequence[Block], scores: FloatArray) -> list[Sentence]:
    """Return the sentences; a heading or boilerplate line is one."""
    page = content.page
    sentences: list[Sentence] = []
    scored = zip(content.chosen.tolist(), scores.tolist(), strict=True)
    following, score = next(scored, (-1, 0.0))
    before = -1
    for at, ((start, end), line) in enumerate(zip(page.sentences, page.line_of.tolist(), strict=True)):
        if at == following:
            sentences.append(_make_sentence(start, end, score))
            following, score = next(scored, (-1, 0.0))
        elif line != before:
            sentences.append(_make_sentence(blocks[line].start, blocks[line].end, 0.0))
        before = line
    return sentences


def _cut_units(content: Content, starts: list[int], headings: list[int | None]) -> list[UnitSpan]:
    spans = content.page.sentences
    chosen, blocks = content.chosen.tolist(), content.blocks.tolist()
    return [
        UnitSpan(spans[chosen[first]][0], spans[chosen[after - 1]][1], headings[blocks[first]])
        for first, after in zip(starts, [*starts, len(chosen)][1:], strict=True)
    ]


def _headings_above(kinds: Sequence[BlockKind]) -> list[int | None]:
    heading: int | None = None
    above: list[int | None] = []
    for at, kind in enumerate(kinds):
        if kind == "heading":
            heading = at
        above.append(heading)
    return above


@cache
def _load_classifier() -> LineClassifier:
    return LineClassifier(load_model("blocks"))


@cache
def _load_scorer() -> BorderScorer:
    return BorderScorer(load_model("units"))
