"""Themes and advice of passages: predicts, never trains.

Comes in: texts of one language, alone or as the units of one document in their order. Goes out: calibrated
probabilities and labels. A unit of a document is judged in its context as well: a list item of three words is about
what its list is about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from socialtext._values import Maker
from socialtext.classify._context import (
    advice_columns,
    list_labels,
    read_places,
    take_rows,
    theme_columns,
    weigh_columns,
)
from socialtext.classify._features import FeatureTable, FeatureWeights
from socialtext.classify._meanings import MeaningNet, MeaningTable
from socialtext.classify.explain import explain_passage
from socialtext.concepts import load_concepts
from socialtext.cues import CueMatcher
from socialtext.errors import ModelError
from socialtext.models import AGAIN, LinearModel, NetModel
from socialtext.types import THEMES, Classification, Reason

# Margins of the themes, then of advice, in the columns of the model.
N_THEMES: Final = len(THEMES)
N_THEME_CONTEXT: Final = 20
N_ADVICE_CONTEXT: Final = 10
FloatArray = npt.NDArray[np.float64]


class Passage(NamedTuple):
    """A unit of a document as the classifier needs it.

    Attributes
    ----------
    text : str
    above : str
        The heading, and for the item of a list the sentence that introduces it; may be empty.
    section : int
        Equal for units under one heading.
    run : int
        Equal for the items of one list and the sentence that introduces it; -1 for other units.
    introduces_list : bool
        Or what else follows a colon. By the guidelines such a unit has neither themes nor advice.
    """

    text: str
    above: str
    section: int
    run: int
    introduces_list: bool


@dataclass(frozen=True, slots=True, eq=False)
class Margins:
    """What the linear model says of passages, float arrays of shape (n_passages, 5).

    Attributes
    ----------
    whole
        Of the passages.
    strongest
        The highest of the margins of their sentences.
    first
        Of their first sentences.
    """

    whole: FloatArray
    strongest: FloatArray
    first: FloatArray

    def take(self, rows: Sequence[int]) -> "Margins":
        """Return those of some passages."""
        return Margins(self.whole[rows], self.strongest[rows], self.first[rows])


def build_table(matcher: CueMatcher, model: LinearModel) -> FeatureTable:
    """Lay a linear model out for the native loop."""
    return FeatureTable(_lay_out(model), model.intercepts, matcher.kinds, matcher.table, load_concepts(matcher.lang))


@lru_cache(maxsize=4)  # two parts of the released model, and one of a user's own
def _lay_out(model: LinearModel) -> FeatureWeights:
    """Return the weights that the tables of all languages share."""
    try:
        return FeatureWeights(model.index.packed, model.idf, model.stored)
    except (TypeError, ValueError) as error:
        raise ModelError("ST504", f"names and weights that do not fit together: {error}: {AGAIN}") from error


def build_net(lang: str, net: NetModel) -> MeaningTable:
    """Lay a net out for the native loop."""
    return MeaningTable(_lay_out_net(net), load_concepts(lang))


@lru_cache(maxsize=2)  # the released net, and that of a user's own model
def _lay_out_net(net: NetModel) -> MeaningNet:
    """Return the weights that the tables of all languages share."""
    return MeaningNet(net.concepts, net.idf, net.hidden, net.hidden_bias, net.output, net.output_bias)


def theme_context(passages: Sequence[Passage], margins: Margins, above: FloatArray, net: FloatArray) -> FloatArray:
    """Return what speaks for each theme of each unit of one document, shape (n_units, 4, 20).

    The columns are the same for all themes: margin of the unit itself, of its neighbours, of its section, of what
    stands above it, of its list; the strongest other theme; the section once more for units too short to speak for
    themselves; log odds of the theme among the other units of the section; strongest sentence, and first sentence;
    log odds of the theme among the other units of the page, those of the strongest other theme, and the former once
    more for short units; probabilities by the margins of the unit, its strongest sentence, what stands above it, and
    the strongest other theme; margin by the net, that of the strongest other theme, and the probability by the former.

    Parameters
    ----------
    passages : sequence of Passage
        The units of one document, at least one.
    margins : Margins
    above : float array, shape (n_units, 5)
        Margins of what stands above each unit; 0 where there is nothing.
    net : float array, shape (n_units, 4)
        Margins of the themes by the net of concepts.
    """
    columns = theme_columns(
        read_places(list(passages)), margins.whole, margins.strongest, margins.first, above, net, N_THEMES
    )
    return columns.reshape(len(passages), N_THEMES, -1)


def advice_context(passages: Sequence[Passage], margins: Margins, above: FloatArray) -> FloatArray:
    """Return what speaks for advice in each unit of one document, shape (n_units, 10).

    Margin of the unit, of its strongest sentence, of its neighbours, of its section, of the document, of the other
    items of its list; whether it stands in a list; whether it is the first of several; logarithm of its words; margin
    of what stands above it. Parameters as of `theme_context`.
    """
    return advice_columns(read_places(list(passages)), margins.whole, margins.strongest, above, N_THEMES)


def expit(margins: FloatArray) -> FloatArray:
    """Return the logistic function of each margin."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0))), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """From margins of what stands alone to log odds: one logistic for each theme and for advice.

    Attributes
    ----------
    slopes, offsets : float arrays, shape (5,)
    net_slopes : float array, shape (4,)
        Of the margins of the net.
    """

    slopes: FloatArray
    net_slopes: FloatArray
    offsets: FloatArray

    def score(self, margins: FloatArray, net: FloatArray) -> FloatArray:
        """Return the probabilities of themes and advice, shape (n_passages, 5)."""
        odds = margins * self.slopes + self.offsets
        odds[:, :N_THEMES] += net * self.net_slopes
        return expit(odds)


def number_texts(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the different texts, and of each its place among them, -1 of an empty one."""
    rows: dict[str, int] = {}
    numbers = [rows.setdefault(text, len(rows)) if text else -1 for text in texts]
    return list(rows), numbers


def _read_weights(values: Sequence[float], *sizes: int) -> FloatArray:
    """Return numbers as an array, if there are as many as each of the sizes."""
    weights = np.array(values, dtype=np.float64)
    if {weights.shape} != {(size,) for size in sizes}:
        raise ValueError(f"numbers of shape {weights.shape}, wanted {sizes}")
    return weights


class ThemeScorer:
    """Label passages of one language.

    Parameters
    ----------
    lang : str
    fold : callable
        What `normalize.normalizer.load_fold` gives for the language.
    model : LinearModel
        With ``alone``, ``context`` and ``advice_context`` in its `info`, a part for what stands above passages, and a
        net.

    Raises
    ------
    ModelError
        ST504 the model has no such parts, or other classes.
    """

    def __init__(self, lang: str, fold: Callable[[str], str], model: LinearModel) -> None:
        info: Any = model.info
        if model.above is None or model.net is None:
            raise ModelError("ST504", f"a model of themes without a part for headings, or without a net: {AGAIN}")
        if len(model.classes) != N_THEMES + 1:
            raise ModelError("ST504", f"a model of themes and advice with {len(model.classes)} classes: {AGAIN}")
        self._fold = fold
        self._model = model
        self._matcher = CueMatcher(lang, fold)
        self._table = build_table(self._matcher, model)
        self._above_table = build_table(self._matcher, model.above)
        self._net = build_net(lang, model.net)
        try:
            alone, context, advice_context = info["alone"], info["context"], info["advice_context"]
            self._calibration = Calibration(
                _read_weights(alone["slopes"], N_THEMES + 1),
                _read_weights(alone["net_slopes"], model.net.output.shape[1], N_THEMES),
                _read_weights(alone["offsets"], N_THEMES + 1),
            )
            self._alone_thresholds = _read_weights(alone["thresholds"], N_THEMES + 1).tolist()
            self._context = _read_weights(context["weights"], N_THEME_CONTEXT)
            self._context_intercept = float(context["intercept"])
            self._advice_context = _read_weights(advice_context["weights"], N_ADVICE_CONTEXT)
            self._advice_intercept = float(advice_context["intercept"])
            self._thresholds = _read_weights(info["thresholds"], N_THEMES + 1).tolist()
        except (LookupError, TypeError, ValueError) as error:
            raise ModelError("ST504", f"model.json does not describe a model of themes: {error!r}: {AGAIN}") from error

    def score_texts(self, texts: Sequence[str]) -> list[Classification]:
        """Label passages that have no context."""
        folded = [self._fold(text) for text in texts]
        scores = self._calibration.score(self._table.margins(folded), self._net.margins(folded))
        columns = list_labels(
            scores[:, :N_THEMES].ravel().tolist(), scores[:, N_THEMES].tolist(), self._alone_thresholds, THEMES
        )
        return _labels.from_columns(*columns, [None] * len(texts))

    def explain(self, folded: str, written: Callable[[int, int], str]) -> Mapping[str, tuple[Reason, ...]]:
        """Return why a passage without context has its labels; see `explain_passage`."""
        found = self._calibration
        return explain_passage(
            folded, written, self._matcher, self._model, found.slopes, found.offsets, found.net_slopes
        )

    def score_document(self, passages: Sequence[Passage]) -> list[Classification]:
        """Label the units of one document, each in its context."""
        if not passages:
            return []
        folded = [self._fold(passage.text) for passage in passages]
        whole, strongest, first = self._table.margins_of_sentences(folded)
        above_texts, above_rows = number_texts([passage.above for passage in passages])
        texts_above = [self._fold(text) for text in above_texts]
        above = take_rows(self._above_table.margins(texts_above), above_rows)
        net = self._net.margins_of_page(folded, texts_above, above_rows)
        places = read_places(list(passages))
        themes = theme_columns(places, whole, strongest, first, above, net, N_THEMES)
        theme_scores = weigh_columns(themes, self._context, self._context_intercept)
        advice = advice_columns(places, whole, strongest, above, N_THEMES)
        advice_scores = weigh_columns(advice, self._advice_context, self._advice_intercept)
        columns = list_labels(theme_scores, advice_scores, self._thresholds, THEMES, places)
        return _labels.from_columns(*columns, [None] * len(passages))


_labels: Final = Maker(Classification)
