"""From raw text to its structure: blocks, sentences and the ranges of advice units.

Comes in: raw text and the tools of its language. Goes out: spans in raw offsets. It refuses to know labels and
normalized text; the caller lends it the fold by which words are looked up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from socialtext.cues import WORD_RE, CueMatcher
from socialtext.models import load_model
from socialtext.segment.blocks import find_blocks
from socialtext.segment.lines import iter_lines
from socialtext.segment.sentences import load_splitter
from socialtext.segment.units import SentenceView, find_units
from socialtext.types import Block, Sentence


@dataclass(frozen=True, slots=True)
class UnitSpan:
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
        self._fold = fold
        self._matcher = CueMatcher(lang, fold)
        self._splitter = load_splitter(lang)

    def find(self, raw: str) -> Structure:
        """Return the structure of one document."""
        blocks = find_blocks(list(iter_lines(raw)), self._matcher, self._fold, load_model("blocks"))
        sentences = self.split_blocks(raw, blocks)
        content = [(sentence, at) for sentence, at in sentences if blocks[at].kind in ("paragraph", "list_item")]
        views = self.view_sentences(raw, blocks, content)
        starts = find_units(views, load_model("units"))
        headings = _headings_above(blocks)
        units = []
        for first, after in zip(starts, [*starts, len(views)][1:], strict=True):
            units.append(UnitSpan(content[first][0].start, content[after - 1][0].end, headings[content[first][1]]))
        return Structure(tuple(blocks), tuple(sentence for sentence, _ in sentences), tuple(units))

    def split_blocks(self, raw: str, blocks: Sequence[Block]) -> list[tuple[Sentence, int]]:
        """Return each sentence with the index of its block; a heading or boilerplate line is one."""
        sentences = []
        for at, block in enumerate(blocks):
            if block.kind in ("heading", "boilerplate"):
                sentences.append((Sentence(block.start, block.end), at))
                continue
            for start, end in self._splitter.split(raw, block.start, block.end):
                sentences.append((Sentence(start, end), at))
        return sentences

    def view_sentences(
        self, raw: str, blocks: Sequence[Block], content: Sequence[tuple[Sentence, int]]
    ) -> list[SentenceView]:
        """Return what the border scorer sees of the content sentences."""
        sections = []
        section = 0
        for block in blocks:
            section += block.kind in ("heading", "boilerplate")
            sections.append(section)
        views = []
        for sentence, at in content:
            text = raw[sentence.start : sentence.end]
            words = WORD_RE.findall(self._fold(text))
            views.append(SentenceView(words, self._matcher.find(words), at, blocks[at].kind, sections[at], text))
        return views


def _headings_above(blocks: Sequence[Block]) -> list[int | None]:
    heading: int | None = None
    above: list[int | None] = []
    for at, block in enumerate(blocks):
        if block.kind == "heading":
            heading = at
        above.append(heading)
    return above
