"""A page as the scorers see it: its lines, its sentences, and the cues and stems of their words.

Comes in: a raw text and the tools of its language. Goes out: a `Page`, arrays with one item a line or sentence. The
text is folded once, all sentences together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from socialtext.concepts import load_concepts
from socialtext.cues import CueMatcher
from socialtext.segment._page import WordReader, slice_sentences
from socialtext.segment.lines import AFTER_BLANK, LineArray, find_lines, find_markers
from socialtext.segment.sentences import load_splitter
from socialtext.types import Alignment

IntArray = npt.NDArray[np.int32]
# The kinds of cue that the scorers know; the bit of a kind is its place in `CUE_KINDS`.
BOILERPLATE_CUES: Final = (
    "byline", "caption", "comment", "contact", "cookie", "navigation", "newsletter", "related", "share", "tags", "toc",
)  # fmt: skip
DISCOURSE_CUES: Final = (
    "support", "contrast", "shift", "anaphora", "conclusion", "preview", "example", "concession", "addition",
    "reference", "occasion", "turn", "consequence", "story",
)  # fmt: skip
ADVICE_CUES: Final = ("modal", "imperative", "prohibition", "evaluation")
# What a sentence is about: the concepts of the themes.
TOPIC_CUES: Final = (
    "advertising", "audience", "brand", "channel", "company", "dialogue", "loyalty", "measure", "metric", "platform",
    "presence", "purchase_path", "reaction", "report", "research", "segment", "selling", "shop", "technique",
)  # fmt: skip
CUE_KINDS: Final = (*BOILERPLATE_CUES, *DISCOURSE_CUES, *ADVICE_CUES, *TOPIC_CUES)
BIT_OF: Final = {kind: 1 << place for place, kind in enumerate(CUE_KINDS)}


def bits_of(*kinds: str) -> int:
    """Return the bits of kinds of cue."""
    return sum(BIT_OF[kind] for kind in kinds)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """What is seen of a page before anything is decided.

    Attributes
    ----------
    raw : str
    lines : int64 array, shape (n_lines, 7)
        See `_page.scan_lines`.
    markers : int array, shape (n_lines,)
        Index in `lines.MARKERS`.
    folded : str
        The folded sentences, a line each.
    sentences : list of (int, int)
        Raw spans, line by line.
    line_of : int32 array, shape (n_sentences,)
        Line of each sentence.
    words : structured array, shape (n_sentences,)
    line_words : structured array, shape (n_lines,)
    stems, offsets : int32 array
    n_stems : int
        What is read of the words; see `_page.WordReader.read`.
    """

    raw: str
    lines: LineArray
    markers: npt.NDArray[np.int64]
    folded: str
    sentences: list[tuple[int, int]]
    line_of: IntArray
    words: npt.NDArray[np.void]
    line_words: npt.NDArray[np.void]
    stems: IntArray
    offsets: IntArray
    n_stems: int

    def take_lines(self, chosen: Sequence[int], after_blank: npt.NDArray[np.int64]) -> "Page":
        """Return the page with some of its lines only, for blocks; it has no sentences."""
        at = list(chosen)
        lines = self.lines[at].copy()
        lines[:, AFTER_BLANK] = after_blank
        return replace(self, lines=lines, markers=self.markers[at], sentences=[], line_words=self.line_words[at])


class PageReader:
    """Read pages of one language.

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
        self._fold = fold
        self._fold_restored = fold_restored
        self._splitter = load_splitter(lang)
        cues = CueMatcher(lang, fold, discourse=True).build_table(CUE_KINDS)
        self._reader = WordReader(cues, load_concepts(lang))

    def read(self, raw: str, restored: Alignment | None = None) -> Page:
        """Return the page of a raw text, with all sentences of all lines.

        Words are looked up in what the profile ``standard`` has made of the text, where that is given.
        """
        lines = find_lines(raw)
        return self.read_sentences(raw, lines, *self._splitter.split_lines(raw, lines), restored)

    def read_sentences(
        self,
        raw: str,
        lines: LineArray,
        spans: list[tuple[int, int]],
        line_of: IntArray,
        restored: Alignment | None = None,
    ) -> Page:
        """Return the page of a raw text whose lines and sentences are known."""
        if restored is None or self._fold_restored is None:
            folded = _fold_all(slice_sentences(raw, spans), self._fold)
        else:
            folded = _fold_all([text.replace("\n", " ") for text in restored.cut(spans)], self._fold_restored)
        words = self._reader.read(folded, line_of, len(lines))
        return Page(raw, lines, find_markers(raw, lines), folded, spans, line_of, *words)


def _fold_all(texts: list[str], fold: Callable[[str], str]) -> str:
    folded = fold("\n".join(texts))
    if folded.count("\n") == len(texts) - 1 or not texts:
        return folded
    # A text of nothing but characters that the fold drops leaves an empty line, and those run together.
    return "\n".join(fold(text).replace("\n", " ") for text in texts)
