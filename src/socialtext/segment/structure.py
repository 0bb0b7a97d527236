"""From raw text to its structure: blocks, sentences and the ranges of advice units.

Comes in: raw text and the tools of its language. Goes out: spans in raw offsets. It refuses to know labels and
normalized text; the caller lends it the fold by which words are looked up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from socialtext._values import Maker
from socialtext.models import load_model
from socialtext.segment._structure import list_sentences, list_units
from socialtext.segment.blocks import LineClassifier
from socialtext.segment.lines import END, START
from socialtext.segment.page import PageReader
from socialtext.segment.units import BorderScorer, choose_content, find_starts
from socialtext.types import Alignment, Block, Sentence


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
    fold_restored : callable, optional
        What `normalize.normalizer.load_fold_of_restored` gives.
    """

    def __init__(
        self, lang: str, fold: Callable[[str], str], fold_restored: Callable[[str], str] | None = None
    ) -> None:
        self._reader = PageReader(lang, fold, fold_restored)

    def find(
        self,
        raw: str,
        *,
        granularity: float = 0.5,
        restored: Alignment | None = None,
        marked_up: Sequence[Block] = (),
    ) -> Structure:
        """Return the structure of one document.

        Parameters
        ----------
        raw : str
        granularity : float
            See `units.find_starts`.
        restored : Alignment, optional
            What the profile ``standard`` makes of the text, where it is there already.
        marked_up : sequence of Block
            Blocks whose kind is known, in order; see `blocks.LineClassifier.choose`.
        """
        page = self._reader.read(raw, restored)
        kinds = _load_classifier().choose(page, marked_up)
        content = choose_content(page, kinds)
        scores = _load_scorer().score(content)
        starts = find_starts(scores, granularity)
        blocks = _blocks.from_columns(page.lines[:, START].tolist(), page.lines[:, END].tolist(), kinds)
        sentences = _sentences.from_columns(
            *list_sentences(page.sentences, page.line_of, page.lines, content.chosen, scores)
        )
        units = _units.from_columns(*list_units(page.sentences, content.chosen, content.blocks, starts, kinds))
        return Structure(tuple(blocks), tuple(sentences), tuple(units))


_blocks: Final = Maker(Block)
_sentences: Final = Maker(Sentence)
_units: Final = Maker(UnitSpan)


@cache
def _load_classifier() -> LineClassifier:
    return LineClassifier(load_model("blocks"))


@cache
def _load_scorer() -> BorderScorer:
    return BorderScorer(load_model("units"))


def load_segment_models() -> None:
    """Load the models that all languages share."""
    _load_classifier()
    _load_scorer()
