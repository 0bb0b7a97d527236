"""What the classifier sees of a passage: its folded words, their character n-grams, and the cues in them.

Comes in: the words of a text after the ``search`` profile and the cues found in them. Goes out: names of features,
and the values of cues; the values of words and n-grams are reckoned by the native loop, `_features.pyx`, which looks
names up in a weight table.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from socialtext.cues import WORD_RE

GRAM_LENGTHS: Final = (3, 4, 5)
# A cue weighs little in a long passage and never more than one.
CUE_FLOOR: Final = 4.0
# Small, so that cues speak only where words do not: by cross-validation over passages and articles, which lose three
# points of macro-F1 at 1.0 and 0.3.
CUE_VALUE: Final = 0.2
CUE_PAIR_VALUE: Final = 0.06
# Where a sentence ends, near enough: its advice may stand in one sentence of many.
SENTENCE_END_RE: Final = re.compile(r"[.!?؟…:؛]+[\s»\"”]+|\n+")


def read_sentences(folded: str) -> list[list[str]]:
    """Return the words of each sentence of a folded text; no sentence is empty."""
    sentences = (WORD_RE.findall(sentence) for sentence in SENTENCE_END_RE.split(folded))
    return [words for words in sentences if words]


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
    values = {f"q:{kind}": CUE_VALUE * min(1.0, count / scale) for kind, count in counts.items()}
    kinds = sorted(counts)
    for at, kind in enumerate(kinds):
        for other in kinds[at + 1 :]:
            values[f"q:{kind}+{other}"] = CUE_PAIR_VALUE
    return values
