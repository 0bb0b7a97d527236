"""Why a passage got its labels, in its own words.

Comes in: a passage, folded, and how it was written. Goes out: for each label reasons whose weights add up to the log
odds of its score. What a feature adds is shared among the words that brought it: an n-gram that occurs
twice gives half to each, two concepts that meet half to each.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from socialtext.classify.features import Piece, Span, cue_values, iter_places
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.models import LinearModel
from socialtext.types import Reason

FloatArray = npt.NDArray[np.float64]


def explain_passage(
    folded: str,
    written: Callable[[int, int], str],
    matcher: CueMatcher,
    model: LinearModel,
    slopes: FloatArray,
    offsets: FloatArray,
) -> Mapping[str, tuple[Reason, ...]]:
    """Return the reasons for each class of the model, the strongest for it first.

    Parameters
    ----------
    folded : str
    written : callable
        What stands in the text as it was written at a span of the folded one.
    slopes, offsets : float arrays, one item a class
        Calibration of the margins.
    """
    shares: dict[Piece, FloatArray] = defaultdict(lambda: np.zeros(len(slopes)))
    texts: dict[Piece, str] = {}
    for piece, spans, row, value in _iter_shares(folded, matcher, model):
        shares[piece] += value * model.weights[row]
        if piece not in texts:
            texts[piece] = " ".join(written(start, end) for start, end in spans)
    prior = slopes * model.intercepts + offsets
    reasons = {}
    for at, name in enumerate(model.classes):
        rows = [Reason("", "prior", None, float(prior[at]))]
        for piece, share in shares.items():
            kind, _, cue = piece
            rows.append(Reason(texts[piece], kind, cue, float(slopes[at] * share[at])))
        reasons[name] = tuple(sorted(rows, key=lambda reason: (-reason.weight, reason.text)))
    return reasons


def _iter_shares(
    folded: str, matcher: CueMatcher, model: LinearModel
) -> Iterator[tuple[Piece, Sequence[Span], int, float]]:
    """Yield piece, where it stands, row of the feature, and the value that it brings."""
    places = [(piece, spans, model.index[name]) for piece, spans, name in iter_places(folded) if name in model.index]
    counts = Counter(row for *_, row in places)
    values = {row: (1.0 + math.log(count)) * float(model.idf[row]) for row, count in counts.items()}
    norm = math.sqrt(sum(value * value for value in values.values())) or 1.0
    for piece, spans, row in places:
        yield piece, spans, row, values[row] / norm / counts[row]
    spans = [word.span() for word in WORD_RE.finditer(folded)]
    words = [folded[start:end] for start, end in spans]
    cues = [(kind, first, last + 1) for first, last, kind in matcher.find_spans(words)]
    n_of_kind = Counter(kind for kind, _, _ in cues)
    for name, value in cue_values(words, [(first, kind) for kind, first, _ in cues]).items():
        if name not in model.index:
            continue
        kinds = name.removeprefix("q:").split("+")
        for kind, first, last in cues:
            if kind in kinds:
                cue: Piece = ("cue", " ".join(words[first:last]), kind)
                yield cue, spans[first:last], model.index[name], value / len(kinds) / n_of_kind[kind]
