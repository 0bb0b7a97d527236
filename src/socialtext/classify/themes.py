"""Themes and advice of passages: predicts, never trains.

Comes in: texts of one language, alone or as the units of one document in their order. Goes out: calibrated
probabilities and labels. A unit of a document is judged in its context as well: a list item of three words is about
what its list is about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from socialtext.classify.features import Vectorizer
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.models import LinearModel
from socialtext.types import THEMES, Classification

# Margins of the themes, then of advice, in the columns of the model.
N_THEMES: Final = len(THEMES)
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


class PassageScorer:
    """Score passages of one language with a linear model.

    Parameters
    ----------
    lang : str
    fold : callable
        What `normalize.normalizer.load_fold` gives for the language.
    model : LinearModel
    """

    def __init__(self, lang: str, fold: Callable[[str], str], model: LinearModel) -> None:
        self._fold = fold
        self._matcher = CueMatcher(lang, fold)
        self._model = model
        self._vectorizer = Vectorizer(model.index, model.idf.tolist())

    def margins(self, texts: Sequence[str]) -> FloatArray:
        """Return the margins of the themes and of advice, shape (n_texts, 5)."""
        result = np.empty((len(texts), len(self._model.classes)))
        for at, text in enumerate(texts):
            words = WORD_RE.findall(self._fold(text))
            rows, values = self._vectorizer.vectorize(words, self._matcher.find(words))
            result[at] = self._model.intercepts
            if rows:
                result[at] += np.asarray(values) @ self._model.weights[rows]
        return result


def context_features(passages: Sequence[Passage], own: FloatArray, heading: FloatArray) -> FloatArray:
    """Return what speaks for each theme of each unit of one document, shape (n_units, 4, 9).

    The columns are the same for all themes: margin of the unit itself, of its neighbours, of its section, of the
    document, of its heading, of its list, the strongest other theme, and section and document once more for units
    too short to speak for themselves.
    """
    n = len(passages)
    result = np.zeros((n, N_THEMES, 9))
    themes = own[:, :N_THEMES]
    whole = themes.mean(axis=0) if n else np.zeros(N_THEMES)
    sections: dict[int, list[int]] = {}
    runs: dict[int, list[int]] = {}
    for at, passage in enumerate(passages):
        sections.setdefault(passage.section, []).append(at)
        if passage.run >= 0:
            runs.setdefault(passage.run, []).append(at)
    for at, passage in enumerate(passages):
        neighbours = [other for other in (at - 1, at + 1) if 0 <= other < n]
        section = themes[sections[passage.section]].mean(axis=0)
        short = max(0.0, 1.0 - len(passage.text.split()) / 25)
        result[at, :, 0] = themes[at]
        result[at, :, 1] = themes[neighbours].mean(axis=0) if neighbours else themes[at]
        result[at, :, 2] = section
        result[at, :, 3] = whole
        result[at, :, 4] = heading[at, :N_THEMES] if passage.heading else 0.0
        if passage.run >= 0:
            result[at, :, 5] = themes[runs[passage.run]].mean(axis=0) - themes[at]
        for theme in range(N_THEMES):
            result[at, theme, 6] = np.delete(themes[at], theme).max()
        result[at, :, 7] = short * section
        result[at, :, 8] = short * whole
    return result


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
        With ``info["calibration"]``, ``info["context"]`` and ``info["thresholds"]``.
    """

    def __init__(self, lang: str, fold: Callable[[str], str], model: LinearModel) -> None:
        info: Any = model.info
        self._scorer = PassageScorer(lang, fold, model)
        self._slopes = np.array(info["calibration"]["slopes"])
        self._offsets = np.array(info["calibration"]["offsets"])
        self._context = np.array(info["context"]["weights"])
        self._context_intercept = float(info["context"]["intercept"])
        self._thresholds = np.array(info["thresholds"])

    def score_texts(self, texts: Sequence[str]) -> list[Classification]:
        """Label passages that have no context."""
        scores = expit(self._scorer.margins(texts) * self._slopes + self._offsets)
        return [self._label(row[:N_THEMES], row[N_THEMES]) for row in scores]

    def score_document(self, passages: Sequence[Passage]) -> list[Classification]:
        """Label the units of one document, each in its context."""
        if not passages:
            return []
        own = self._scorer.margins([passage.text for passage in passages])
        headings = sorted({passage.heading for passage in passages if passage.heading})
        of_heading = dict(zip(headings, self._scorer.margins(headings), strict=True))
        nothing = np.zeros(own.shape[1])
        heading = np.array([of_heading.get(passage.heading or "", nothing) for passage in passages])
        themes = expit(context_features(passages, own, heading) @ self._context + self._context_intercept)
        advice = expit(own[:, N_THEMES] * self._slopes[N_THEMES] + self._offsets[N_THEMES])
        return [
            _NO_LABEL if passage.introduces_list else self._label(row, score)
            for passage, row, score in zip(passages, themes, advice, strict=True)
        ]

    def _label(self, theme_scores: FloatArray, advice_score: float) -> Classification:
        order = np.argsort(-theme_scores, kind="stable")
        return Classification(
            themes=tuple(THEMES[at] for at in order if theme_scores[at] >= self._thresholds[at]),
            scores={theme: float(score) for theme, score in zip(THEMES, theme_scores, strict=True)},
            advice=bool(advice_score >= self._thresholds[N_THEMES]),
            advice_score=float(advice_score),
        )


_NO_LABEL: Final = Classification(themes=(), scores=dict.fromkeys(THEMES, 0.0), advice=False, advice_score=0.0)
