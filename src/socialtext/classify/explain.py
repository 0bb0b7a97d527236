"""Why a passage got its labels, in its own words.

Comes in: the words of a passage, folded and as they were written. Goes out: for each label reasons whose weights add
up to the log odds of its score. What a feature adds is shared among the words that brought it: an n-gram that occurs
twice gives half to each, two concepts that meet half to each.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from socialtext.classify.features import cue_values, iter_word_names
from socialtext.cues import CueMatcher, begins_with
from socialtext.models import LinearModel
from socialtext.types import Reason

FloatArray = npt.NDArray[np.float64]
# Kind of reason, folded words, name of the concept.
Piece = tuple[str, str, str | None]


def explain_passage(
    words: Sequence[tuple[str, str]], matcher: CueMatcher, model: LinearModel, slopes: FloatArray, offsets: FloatArray
) -> Mapping[str, tuple[Reason, ...]]:
    """Return the reasons for each class of the model, the strongest for it first.

    Parameters
    ----------
    words : sequence of (str, str)
        Each word folded, and as it was written.
    slopes, offsets : float arrays, one item a class
        Calibration of the margins.
    """
    folded = [word for word, _ in words]
    shares: dict[Piece, FloatArray] = defaultdict(lambda: np.zeros(len(slopes)))
    texts: dict[Piece, str] = {}
    for piece, first, last, row, value in _iter_shares(folded, matcher, model):
        shares[piece] += value * model.weights[row]
        texts.setdefault(piece, " ".join(written for _, written in words[first:last]))
    prior = slopes * model.intercepts + offsets
    reasons = {}
    for at, name in enumerate(model.classes):
        rows = [Reason("", "prior", None, float(prior[at]))]
        for piece, share in shares.items():
            kind, _, cue = piece
            rows.append(Reason(texts[piece], kind, cue, float(slopes[at] * share[at])))  # type: ignore[arg-type]
        reasons[name] = tuple(sorted(rows, key=lambda reason: (-reason.weight, reason.text)))
    return reasons


def _iter_shares(
    words: list[str], matcher: CueMatcher, model: LinearModel
) -> Iterator[tuple[Piece, int, int, int, float]]:
    """Yield piece, its first word and the one after its last, row of the feature, and the value that it brings."""
    places: list[tuple[Piece, int, int, int]] = []
    for at, word in enumerate(words):
        rows = [model.index[name] for name in iter_word_names(word) if name in model.index]
        places += [(("word", word, None), at, at + 1, row) for row in rows]
    for at in range(len(words) - 1):
        row = model.index.get(f"w:{words[at]} {words[at + 1]}")
        if row is not None:
            places.append((("pair", f"{words[at]} {words[at + 1]}", None), at, at + 2, row))
    counts = Counter(row for *_, row in places)
    values = {row: (1.0 + math.log(count)) * float(model.idf[row]) for row, count in counts.items()}
    norm = math.sqrt(sum(value * value for value in values.values())) or 1.0
    for piece, first, last, row in places:
        yield piece, first, last, row, values[row] / norm / counts[row]
    cues = list(_iter_cues(words, matcher))
    n_of_kind = Counter(kind for kind, _, _ in cues)
    for name, value in cue_values(words, [(first, kind) for kind, first, _ in cues]).items():
        if name not in model.index:
            continue
        kinds = name.removeprefix("q:").split("+")
        for kind, first, last in cues:
            if kind in kinds:
                piece = ("cue", " ".join(words[first:last]), kind)
                yield piece, first, last, model.index[name], value / len(kinds) / n_of_kind[kind]


def _iter_cues(words: list[str], matcher: CueMatcher) -> Iterator[tuple[str, int, int]]:
    """Yield the kind of each cue, its first word and the one after its last."""
    for at, word in enumerate(words):
        kinds, phrases = matcher.look_up(word), matcher.phrases(word)
        for kind in kinds:
            yield kind, at, at + 1
        for rest, kind in phrases:
            if begins_with(words, at + 1, rest):
                yield kind, at, at + 1 + len(rest)
