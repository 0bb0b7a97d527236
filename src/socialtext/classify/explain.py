"""Why a passage got its labels, in its own words.

Comes in: a passage, folded, and how it was written. Goes out: for each label reasons whose weights add up to the log
odds of its score: what each piece of the passage adds, however often it occurs. What a pair of cues adds goes half to
each.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from socialtext.classify.features import Kind, Piece, Span, cue_values, iter_places
from socialtext.concepts import load_concepts
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
    for piece, spans, share in _iter_shares(folded, matcher, model):
        shares[piece] += share
        if piece not in texts:
            texts[piece] = " ".join(written(start, end) for start, end in spans)
    prior = slopes * model.intercepts + offsets
    reasons = {}
    for at, name in enumerate(model.classes):
        # Two content words side by side are two pieces, but one reason.
        weights: dict[tuple[str, Kind, str | None], float] = defaultdict(float)
        for piece, share in shares.items():
            kind, _, cue = piece
            weights[texts[piece], kind, cue] += float(slopes[at] * share[at])
        rows = [Reason("", "prior", None, float(prior[at])), *(Reason(*key, weight) for key, weight in weights.items())]
        reasons[name] = tuple(sorted(rows, key=lambda reason: (-reason.weight, reason.text)))
    return reasons


def _iter_shares(
    folded: str, matcher: CueMatcher, model: LinearModel
) -> Iterator[tuple[Piece, Sequence[Span], FloatArray]]:
    """Yield what pieces add to the margins, and where they stand: each piece once, a cue at each place."""
    places: dict[Piece, tuple[Sequence[Span], list[int]]] = {}
    counts: Counter[Piece] = Counter()
    for piece, spans, names in iter_places(folded, load_concepts(matcher.lang)):
        if piece not in places:
            places[piece] = spans, [model.index[name] for name in names if name in model.index]
        counts[piece] += 1
    values = {piece: 1.0 + math.log(count) for piece, count in counts.items()}
    squares = (values[piece] ** 2 * float((model.idf[rows] ** 2).sum()) for piece, (_, rows) in places.items())
    norm = math.sqrt(sum(squares)) or 1.0
    for piece, (spans, rows) in places.items():
        if rows:
            yield piece, spans, values[piece] / norm * (model.idf[rows].astype(np.float64) @ model.weights[rows])
    spans = [word.span() for word in WORD_RE.finditer(folded)]
    words = [folded[start:end] for start, end in spans]
    cues = [(kind, first, last + 1) for first, last, kind in matcher.find_spans(words)]
    n_of_kind = Counter(kind for kind, _, _ in cues)
    for name, value in cue_values(words, [(first, kind) for kind, first, _ in cues]).items():
        if name not in model.index:
            continue
        kinds = name.removeprefix("q:").split("+")
        weights_of_cue = model.weights[model.index[name]].astype(np.float64)
        for kind, first, last in cues:
            if kind in kinds:
                cue: Piece = ("cue", " ".join(words[first:last]), kind)
                yield cue, spans[first:last], value / len(kinds) / n_of_kind[kind] * weights_of_cue
