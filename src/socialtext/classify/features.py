"""What the classifier sees of a passage: its words, their parts and meaning, the edges of its sentences, marks, cues.

Comes in: a text after the ``search`` profile, the concepts of its language, and the cues found in its words. Goes out:
its pieces with the names of their features, and the values of cues; the values of all others are reckoned by the native
loop, `_features.pyx`, which looks names up in a weight table. A piece has all that belongs together: a word its n-grams
and its concept. It counts 1 + the logarithm of how often it occurs, and so do all its features; a passage is the sum of
its pieces, divided by the root of the sum of the squares of what each feature of each piece is worth. That is not quite
the length of the sum, for an n-gram that two words have is squared in each.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from socialtext._concepts import DEMAND, ConceptTable
from socialtext.cues import WORD_RE

Span = tuple[int, int]
Kind = Literal["word", "pair", "first", "last", "mark", "cue"]  # of reason
# Its kind, what makes it one piece wherever it stands, name of the cue.
Piece = tuple[Kind, str, str | None]
# A piece, where it stands, and the names of its features.
Place = tuple[Piece, Sequence[Span], Sequence[str]]

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
    """Where a sentence stands in a folded text, its words, at least one, and the places of its marks."""

    start: int
    end: int
    words: list[re.Match[str]]
    marks: list[int]

    @property
    def first(self) -> int:
        """Index of the first word, numbers left aside where there are others."""
        return next((at for at, word in enumerate(self.words) if not _is_number(word[0])), 0)


def read_sentences(folded: str) -> list[Sentence]:
    """Return the sentences of a folded text.

    Numbers alone are none, such as those of list items, but belong to what follows; marks without words are left out.
    """
    sentences = []
    start = 0
    for end in (*(match.end() for match in SENTENCE_END_RE.finditer(folded)), len(folded)):
        words = list(WORD_RE.finditer(folded, start, end))
        if words and end < len(folded) and all(_is_number(word[0]) for word in words):
            continue
        if words:
            marks = [at for at in range(start, end) if folded[at] in MARKS]
            sentences.append(Sentence(start, end, words, marks))
        start = end
    return sentences


def _is_number(word: str) -> bool:
    return "0" <= word[0] <= "9"


def iter_places(folded: str, concepts: ConceptTable) -> Iterator[Place]:
    """Yield the pieces of a passage, cues apart, as often as they occur.

    They are its words; what two neighbours in a sentence mean; what two content words mean that have only function
    words between them, in either order, since the languages differ in it; the words at the edges of sentences; marks.
    """
    for sentence in read_sentences(folded):
        words = sentence.words
        senses = [read_sense(word[0], concepts) for word in words]
        for word in words:
            yield ("word", word[0], None), [word.span()], [*iter_word_names(word[0], concepts)]
        for at, sense in enumerate(senses[1:]):
            yield _join(f"p:{senses[at].meaning} {sense.meaning}", words[at], words[at + 1])
        content = [at for at, sense in enumerate(senses) if sense.content]
        for left, right in pairwise(content):
            both = sorted((senses[left].content, senses[right].content))
            yield _join(f"n:{both[0]} {both[1]}", words[left], words[right])
        for kind, edge, word in (("first", FIRST, words[sentence.first]), ("last", LAST, words[-1])):
            yield (kind, word[0], None), [word.span()], [*iter_edge_names(edge, word[0])]  # type: ignore[misc]
        for at in sentence.marks:
            mark = MARKS[folded[at]]
            yield ("mark", mark, None), [(at, at + 1)], [f"m:{mark}"]


def _join(name: str, left: re.Match[str], right: re.Match[str]) -> Place:
    return ("pair", name, None), [left.span(), right.span()], [name]


class Sense(NamedTuple):
    """What a word means, or the word itself where no concept is known.

    Attributes
    ----------
    meaning : str
        With the mark of a demand, where it is one.
    content : str
        Without it; empty for function words and numbers.
    """

    meaning: str
    content: str


def read_sense(word: str, concepts: ConceptTable) -> Sense:
    """Return what a folded word means."""
    concept, is_content = concepts.look_up(word) or (word, not _is_number(word))
    return Sense(concept, concept.removesuffix(DEMAND) if is_content else "")


def iter_meanings(word: str, concepts: ConceptTable) -> Iterator[str]:
    """Yield the concept of a folded word, if it has one, and where it is a demand the concept without its mark."""
    if found := concepts.look_up(word):
        yield found[0]
        if found[0].endswith(DEMAND):
            yield found[0].removesuffix(DEMAND)


def iter_word_names(word: str, concepts: ConceptTable) -> Iterator[str]:
    """Yield the names of the features of one word: itself, its concept, and its character n-grams with its edges."""
    yield f"w:{word}"
    for meaning in iter_meanings(word, concepts):
        yield f"k:{meaning}"
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
