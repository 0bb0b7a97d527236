"""What the classifier sees of a passage: its folded words, their character n-grams, and the cues in them.

Comes in: a text after the ``search`` profile and the cues found in it. Goes out: rows of the weight table with
their values. Character n-grams lie within a word, so each word type is taken apart once and remembered.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

GRAM_LENGTHS: Final = (3, 4, 5)
# A cue weighs little in a long passage and never more than one.
CUE_FLOOR: Final = 4.0
CUE_PAIR_VALUE: Final = 0.3
_CACHE_SIZE: Final = 200_000


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


def iter_pair_names(words: Sequence[str]) -> Iterator[str]:
    """Yield the names of the pairs of neighbouring words."""
    for left, right in pairwise(words):
        yield f"w:{left} {right}"


def cue_values(words: Sequence[str], cues: Sequence[tuple[int, str]]) -> dict[str, float]:
    """Return the values of the cue features: each kind by its density, each pair of kinds that meet."""
    counts = Counter(kind for _, kind in cues)
    scale = max(CUE_FLOOR, math.sqrt(len(words)))
    values = {f"q:{kind}": min(1.0, count / scale) for kind, count in counts.items()}
    kinds = sorted(counts)
    for at, kind in enumerate(kinds):
        for other in kinds[at + 1 :]:
            values[f"q:{kind}+{other}"] = CUE_PAIR_VALUE
    return values


class Vectorizer:
    """Turn passages into rows and values of a weight table.

    Parameters
    ----------
    index : dict of str to int
        Row of each feature.
    idf : sequence of float
        Inverse document frequency of each row; 1 for cues.
    """

    def __init__(self, index: Mapping[str, int], idf: Sequence[float]) -> None:
        self._index = index
        self._idf = idf
        self._rows_of_word: dict[str, list[int]] = {}

    def _word_rows(self, word: str) -> list[int]:
        rows = self._rows_of_word.get(word)
        if rows is None:
            index = self._index
            rows = [index[name] for name in iter_word_names(word) if name in index]
            if len(self._rows_of_word) < _CACHE_SIZE:
                self._rows_of_word[word] = rows
        return rows

    def vectorize(self, words: Sequence[str], cues: Sequence[tuple[int, str]]) -> tuple[list[int], list[float]]:
        """Return rows and values of one passage.

        Words and n-grams have the value (1 + log count) × idf, scaled to length 1 together; cues stand beside them.
        """
        index = self._index
        counts: Counter[int] = Counter()
        for word in words:
            counts.update(self._word_rows(word))
        counts.update(index[name] for name in iter_pair_names(words) if name in index)
        rows = list(counts)
        values = [(1.0 + math.log(count)) * self._idf[row] for row, count in counts.items()]
        norm = math.sqrt(sum(value * value for value in values))
        if norm:
            values = [value / norm for value in values]
        for name, value in cue_values(words, cues).items():
            if name in index:
                rows.append(index[name])
                values.append(value)
        return rows, values
