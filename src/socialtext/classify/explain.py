"""Why a passage got its labels, in its own words.

Comes in: a passage, folded, and how it was written. Goes out: for each label reasons whose weights add up to the log
odds of its score: what each piece of the passage adds, however often it occurs. What a pair of cues adds goes half to
each. What a word adds by the net holds beside the other words of the passage.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from socialtext.classify.features import Kind, Piece, Span, cue_values, iter_meanings, iter_places
from socialtext.concepts import load_concepts
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.models import LinearModel, NetModel
from socialtext.types import Reason

FloatArray = npt.NDArray[np.float64]


def explain_passage(
    folded: str,
    written: Callable[[int, int], str],
    matcher: CueMatcher,
    model: LinearModel,
    slopes: FloatArray,
    offsets: FloatArray,
    net_slopes: FloatArray | None = None,
) -> Mapping[str, tuple[Reason, ...]]:
    """Return the reasons for each class of the model, the strongest for it first.

    Parameters
    ----------
    folded : str
    written : callable
        What stands in the text as it was written at a span of the folded one.
    slopes, offsets : float arrays, one item a class
        Calibration of the margins.
    net_slopes : float array, one item a theme, optional
        The same of the margins of the net, where the model has one; the themes are the first of its classes.
    """
    shares: dict[Piece, FloatArray] = defaultdict(lambda: np.zeros(len(slopes)))
    places: dict[Piece, Sequence[Span]] = {}
    prior = slopes * model.intercepts + offsets
    for piece, spans, share in _iter_shares(folded, matcher, model):
        shares[piece] += slopes * share
        places.setdefault(piece, spans)
    if model.net and net_slopes is not None:
        of_nothing, of_words = _share_net(folded, matcher.lang, model.net)
        prior[: len(net_slopes)] += net_slopes * of_nothing
        for word, spans, share in of_words:
            shares["word", word, None][: len(net_slopes)] += net_slopes * share
            places.setdefault(("word", word, None), spans)
    texts = {piece: " ".join(written(start, end) for start, end in spans) for piece, spans in places.items()}
    reasons = {}
    for at, name in enumerate(model.classes):
        # Two content words side by side are two pieces, but one reason.
        weights: dict[tuple[str, Kind, str | None], float] = defaultdict(float)
        for piece, share in shares.items():
            kind, _, cue = piece
            weights[texts[piece], kind, cue] += float(share[at])
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


def _share_net(
    folded: str, lang: str, net: NetModel
) -> tuple[FloatArray, Iterator[tuple[str, Sequence[Span], FloatArray]]]:
    """Return what a net says of no words, and what it adds for each word as it occurs, shape (n_themes,) each.

    By the rescale rule of DeepLIFT (Shrikumar and others 2017): how far the words together move a hidden unit is shared
    among them in proportion to what each adds to its input.
    """
    concepts = load_concepts(lang)
    index = {name: row for row, name in enumerate(net.concepts)}
    words = [
        (word, [index[name] for name in iter_meanings(word[0], concepts) if name in index])
        for word in WORD_RE.finditer(folded)
    ]
    counts = Counter(row for _, rows in words for row in rows)
    values = {row: (1.0 + math.log(count)) * float(net.idf[row]) for row, count in counts.items()}
    norm = math.sqrt(sum(value**2 for value in values.values())) or 1.0
    inputs = {row: value / norm * net.hidden[0, row].astype(np.float64) for row, value in values.items()}
    bias = net.hidden_bias.astype(np.float64)
    together = sum(inputs.values(), np.zeros_like(bias))
    moved = np.maximum(0.0, bias + together) - np.maximum(0.0, bias)
    rates = np.divide(moved, together, out=np.zeros_like(moved), where=together != 0.0)
    shares = {row: (of_concept * rates) @ net.output / counts[row] for row, of_concept in inputs.items()}
    of_nothing = net.output_bias + np.maximum(0.0, bias) @ net.output
    return of_nothing, ((word[0], [word.span()], shares[row]) for word, rows in words for row in rows)
