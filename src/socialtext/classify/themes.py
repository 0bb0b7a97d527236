"""Themes and advice of passages: predicts, never trains.

Comes in: texts of one language, alone or as the units of one document in their order. Goes out: calibrated
probabilities and labels. A unit of a document is judged in its context as well: a list item of three words is about
what its list is about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from socialtext.classify._features import FeatureTable
from socialtext.classify.explain import explain_passage
from socialtext.classify.features import index_pairs, read_sentences
from socialtext.cues import WORD_RE, CueMatcher, begins_with
from socialtext.models import LinearModel
from socialtext.types import THEMES, Classification, Reason

# Margins of the themes, then of advice, in the columns of the model.
N_THEMES: Final = len(THEMES)
N_THEME_CONTEXT: Final = 10
N_ADVICE_CONTEXT: Final = 7
# A share among few units is drawn towards one fifth: half a unit of two and a half.
PRIOR_UNITS: Final = 0.5
PRIOR_SIZE: Final = 2.5
SHORT: Final = 25  # words; below that a unit cannot well speak for itself
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit of a document as the classifier needs it.

    Attributes
    ----------
    text : str
    heading : str or None
    section : int
        Equal for units under one heading.
    run : int
        Equal for the items of one list and the sentence that introduces it; -1 for other units.
    introduces_list : bool
        By the guidelines such a unit has neither themes nor advice.
    """

    text: str
    heading: str | None
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
    return FeatureTable(
        model.index,
        model.idf,
        model.weights,
        model.intercepts,
        index_pairs(model.index),
        matcher.kinds,
        lambda word: (matcher.look_up(word), matcher.phrases(word)),
        begins_with,
    )


def score_sentences(table: FeatureTable, passages: Sequence[list[list[str]]]) -> Margins:
    """Score passages that are given as the words of their sentences."""
    words = [[word for sentence in sentences for word in sentence] for sentences in passages]
    whole = table.margins(words)
    strongest, first = whole.copy(), whole.copy()
    several = [at for at, sentences in enumerate(passages) if len(sentences) > 1]
    if several:
        starts = np.cumsum([0, *(len(passages[at]) for at in several[:-1])])
        margins = table.margins([sentence for at in several for sentence in passages[at]])
        strongest[several] = np.maximum.reduceat(margins, starts, axis=0)
        first[several] = margins[starts]
    return Margins(whole, strongest, first)


def _group(keys: Sequence[int]) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Return the number of the group of each item, and how many items its group has, shape (n_items, 1)."""
    _, numbers, sizes = np.unique(np.array(keys), return_inverse=True, return_counts=True)
    return numbers, sizes[numbers].astype(float)[:, None]


def _sums(values: FloatArray, numbers: npt.NDArray[np.intp]) -> FloatArray:
    """Return for each item the sum over its group."""
    sums = np.zeros((numbers.max() + 1, values.shape[1]))
    np.add.at(sums, numbers, values)
    return np.asarray(sums[numbers])


def _neighbour_means(values: FloatArray) -> FloatArray:
    n = len(values)
    if n == 1:
        return values
    sums = np.zeros_like(values)
    sums[1:] += values[:-1]
    sums[:-1] += values[1:]
    sums[1:-1] /= 2.0
    return sums


def theme_context(passages: Sequence[Passage], margins: Margins, heading: FloatArray) -> FloatArray:
    """Return what speaks for each theme of each unit of one document, shape (n_units, 4, 10).

    The columns are the same for all themes: margin of the unit itself, of its neighbours, of its section, of its
    heading, of its list; the strongest other theme; the section once more for units too short to speak for
    themselves; log odds of the theme among the other units of the section; strongest sentence, and first sentence.

    Parameters
    ----------
    passages : sequence of Passage
        The units of one document, at least one.
    margins : Margins
    heading : float array, shape (n_units, 5)
        Margins of the heading above each unit; 0 where there is none.
    """
    themes = margins.whole[:, :N_THEMES]
    result = np.zeros((*themes.shape, N_THEME_CONTEXT))
    sections, sizes = _group([passage.section for passage in passages])
    section = _sums(themes, sections) / sizes
    shares = expit(themes)
    others = (_sums(shares, sections) - shares + PRIOR_UNITS) / (sizes - 1.0 + PRIOR_SIZE)
    in_list = np.array([passage.run >= 0 for passage in passages])
    short = np.array([[max(0.0, 1.0 - len(passage.text.split()) / SHORT)] for passage in passages])
    result[:, :, 0] = themes
    result[:, :, 1] = _neighbour_means(themes)
    result[:, :, 2] = section
    result[:, :, 3] = heading[:, :N_THEMES]
    if in_list.any():
        lists, list_sizes = _group([passage.run for passage in passages])
        result[in_list, :, 4] = (_sums(themes, lists) / list_sizes - themes)[in_list]
    for theme in range(N_THEMES):
        result[:, theme, 5] = np.delete(themes, theme, axis=1).max(axis=1)
    result[:, :, 6] = short * section
    result[:, :, 7] = np.log(others / (1.0 - others))
    result[:, :, 8] = margins.strongest[:, :N_THEMES]
    result[:, :, 9] = margins.first[:, :N_THEMES]
    return result


def advice_context(passages: Sequence[Passage], margins: Margins) -> FloatArray:
    """Return what speaks for advice in each unit of one document, shape (n_units, 7).

    Margin of the unit, of its strongest sentence, of its neighbours, of its section, of the document, of the other
    items of its list, and whether it stands in a list.
    """
    own = margins.whole[:, N_THEMES:]
    sections, sizes = _group([passage.section for passage in passages])
    in_list = np.array([[passage.run >= 0] for passage in passages], dtype=float)
    items = np.array([[passage.run >= 0 and not passage.introduces_list] for passage in passages], dtype=float)
    lists, _ = _group([passage.run for passage in passages])
    of_list = _sums(own * items, lists) / np.maximum(1.0, _sums(items, lists)) - own
    columns = [
        own,
        margins.strongest[:, N_THEMES:],
        _neighbour_means(own),
        _sums(own, sections) / sizes,
        np.full_like(own, own.mean()),
        of_list * in_list,
        in_list,
    ]
    return np.concatenate(columns, axis=1)


def expit(margins: FloatArray) -> FloatArray:
    """Return the logistic function of each margin."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margins, -30.0, 30.0))), dtype=np.float64)


class ThemeScorer:
    """Label passages of one language.

    Parameters
    ----------
    lang : str
    fold : callable
        What `normalize.normalizer.load_fold` gives for the language.
    model : LinearModel
        With ``alone``, ``context`` and ``advice_context`` in its `info`.
    """

    def __init__(self, lang: str, fold: Callable[[str], str], model: LinearModel) -> None:
        info: Any = model.info
        self._fold = fold
        self._model = model
        self._matcher = CueMatcher(lang, fold)
        self._table = build_table(self._matcher, model)
        self._slopes = np.array(info["alone"]["slopes"])
        self._offsets = np.array(info["alone"]["offsets"])
        self._alone_thresholds = info["alone"]["thresholds"]
        self._context = np.array(info["context"]["weights"])
        self._context_intercept = float(info["context"]["intercept"])
        self._advice_context = np.array(info["advice_context"]["weights"])
        self._advice_intercept = float(info["advice_context"]["intercept"])
        self._thresholds = info["thresholds"]

    def score_texts(self, texts: Sequence[str]) -> list[Classification]:
        """Label passages that have no context."""
        margins = self._table.margins([WORD_RE.findall(self._fold(text)) for text in texts])
        scores = expit(margins * self._slopes + self._offsets)
        return [_label(row[:N_THEMES], row[N_THEMES], self._alone_thresholds) for row in scores.tolist()]

    def explain(self, words: Sequence[tuple[str, str]]) -> Mapping[str, tuple[Reason, ...]]:
        """Return why a passage without context has its labels; see `explain_passage`."""
        return explain_passage(words, self._matcher, self._model, self._slopes, self._offsets)

    def score_document(self, passages: Sequence[Passage]) -> list[Classification]:
        """Label the units of one document, each in its context."""
        if not passages:
            return []
        headings = sorted({passage.heading for passage in passages if passage.heading})
        texts = [passage.text for passage in passages] + headings
        margins = score_sentences(self._table, [read_sentences(self._fold(text)) for text in texts])
        own = margins.take(range(len(passages)))
        of_heading = dict(zip(headings, margins.whole[len(passages) :], strict=True))
        nothing = np.zeros(N_THEMES + 1)
        heading = np.array([of_heading.get(passage.heading or "", nothing) for passage in passages])
        themes = expit(theme_context(passages, own, heading) @ self._context + self._context_intercept).tolist()
        advice = expit(advice_context(passages, own) @ self._advice_context + self._advice_intercept).tolist()
        return [
            _NO_LABEL if passage.introduces_list else _label(row, score, self._thresholds)
            for passage, row, score in zip(passages, themes, advice, strict=True)
        ]


def _label(theme_scores: Sequence[float], advice_score: float, thresholds: Sequence[float]) -> Classification:
    ranked = sorted(range(N_THEMES), key=lambda at: -theme_scores[at])
    return Classification(
        themes=tuple(THEMES[at] for at in ranked if theme_scores[at] >= thresholds[at]),
        scores=dict(zip(THEMES, theme_scores, strict=True)),
        advice=advice_score >= thresholds[N_THEMES],
        advice_score=advice_score,
    )


_NO_LABEL: Final = Classification(themes=(), scores=dict.fromkeys(THEMES, 0.0), advice=False, advice_score=0.0)
