"""What the classifier sees of a passage: its words, their parts, where its sentences begin and end, marks, and cues.

Comes in: a text after the ``search`` profile and the cues found in its words. Goes out: names of features, and the
values of cues; the values of all others are reckoned by the native loop, `_features.pyx`, which looks names up in a
weight table.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from socialtext.cues import WORD_RE

Span = tuple[int, int]
# Kind of reason, folded words, name of the concept.
Piece = tuple[Literal["word", "pair", "first", "last", "mark", "cue"], str, str | None]

GRAM_LENGTHS: Final = (3, 4, 5)
# Of the word at either edge of a sentence so many letters at its beginning and at its end: there stand the verbs that
# tell a demand from a report, first in Arabic and Indonesian, last in Persian.
EDGE_LENGTHS: Final = (1, 2, 3, 4)
FIRST: Final = "^"
LAST: Final = "$"
# Marks that count, and what they are counted as.
MARKS: Final = {
    "?": "?", "؟": "?", "!": "!", ":": ":", ";": ";", "؛": ";", "%": "%", "٪": "%", "(": "(", "«": "«", "“": "«",
}  # fmt: skip
# A cue weighs little in a long passage and never more than one.
CUE_FLOOR: Final = 4.0
# Small, so that cues speak only where words do not: by cross-validation over passages and articles, which lose three
# points of macro-F1 at 1.0 and 0.3.
CUE_VALUE: Final = 0.2
CUE_PAIR_VALUE: Final = 0.06
# Where a sentence ends, near enough: its advice may stand in one sentence of many.
SENTENCE_END_RE: Final = re.compile(r"[.!?؟…:؛]+[\s»\"”]+|\n+")


class Sentence(NamedTuple):
    """Where a sentence stands in a folded text, its words, at least one, and its marks."""

    start: int
    end: int
    words: list[str]
    marks: list[str]

    @property
    def first(self) -> int:
        """Index of the first word, numbers left aside where there are others."""
        return next((at for at, word in enumerate(self.words) if not _is_number(word)), 0)


def read_sentences(folded: str) -> list[Sentence]:
    """Return the sentences of a folded text.

    Numbers alone are none, such as those of list items, but belong to what follows; marks without words are left out.
    """
    sentences = []
    start = 0
    for end in (*(match.end() for match in SENTENCE_END_RE.finditer(folded)), len(folded)):
        words = WORD_RE.findall(folded, start, end)
        if words and end < len(folded) and all(map(_is_number, words)):
            continue
        if words:
            marks = [MARKS[mark] for mark in folded[start:end] if mark in MARKS]
            sentences.append(Sentence(start, end, words, marks))
        start = end
    return sentences


def _is_number(word: str) -> bool:
    return "0" <= word[0] <= "9"


def iter_names(folded: str) -> Iterator[str]:
    """Yield the names of the features of a passage, cues apart, each as often as it occurs."""
    for _, _, name in iter_places(folded):
        yield name


def iter_places(folded: str) -> Iterator[tuple[Piece, Sequence[Span], str]]:
    """Yield piece, where it stands, and name of each feature of a passage, cues apart, as often as it occurs."""
    before: re.Match[str] | None = None
    for sentence in read_sentences(folded):
        words = list(WORD_RE.finditer(folded, sentence.start, sentence.end))
        for word in words:
            for name in iter_word_names(word[0]):
                yield ("word", word[0], None), [word.span()], name
            if before:
                pair = f"{before[0]} {word[0]}"
                yield ("pair", pair, None), [before.span(), word.span()], f"w:{pair}"
            before = word
        for kind, edge, word in (("first", FIRST, words[sentence.first]), ("last", LAST, words[-1])):
            for name in iter_edge_names(edge, word[0]):
                yield (kind, word[0], None), [word.span()], name  # type: ignore[misc]
        for at in range(sentence.start, sentence.end):
            if mark := MARKS.get(folded[at]):
                yield ("mark", mark, None), [(at, at + 1)], f"m:{mark}"


def iter_word_names(word: str) -> Iterator[str]:
    """Yield the names of the features of one word: itself and its character n-grams with its edges."""
    yield f"w:{word}"
    padded = f" {word} "
    for length in GRAM_LENGTHS:
        if length >= len(padded):
            yield f"c:{padded}"
            return
        for at in range(len(padded) - length + 1):
            yield f"c:{padded[at : at + length]}"


def iter_edge_names(edge: str, word: str) -> Iterator[str]:
    """Yield the names of the features of the word at an edge of a sentence: itself, its beginnings and its endings."""
    yield f"{edge}: {word} "
    for length in EDGE_LENGTHS:
        if length < len(word):
            yield f"{edge}: {word[:length]}"
            yield f"{edge}:{word[-length:]} "


def cue_values(words: Sequence[str], cues: Sequence[tuple[int, str]]) -> dict[str, float]:
    """Return the values of the cue features: each kind by its density, each pair of kinds that meet."""
    counts = Counter(kind for _, kind in cues)
    scale = max(CUE_FLOOR, math.sqrt(len(words)))
    values = {f"q:{kind}": CUE_VALUE * min(1.0, count / scale) for kind, count in counts.items()}
    kinds = sorted(counts)
    for at, kind in enumerate(kinds):
        for other in kinds[at + 1 :]:
            values[f"q:{kind}+{other}"] = CUE_PAIR_VALUE
    return values
