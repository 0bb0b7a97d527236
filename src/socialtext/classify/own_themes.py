"""Themes of a user's own: predicts with a model that was fitted on single passages, never trains.

Comes in: texts of one language, alone or as the units of one document. Goes out: the labels of the released
classifier with the themes replaced. Such a model has seen no whole pages, so that each unit is judged by itself; it
knows nothing of advice either, which stays with the released classifier.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from socialtext.classify.themes import FloatArray, Passage, PassageScorer, ThemeScorer, expit
from socialtext.models import LinearModel
from socialtext.types import Classification


class OwnThemeScorer:
    """Label passages of one language with the themes of a model.

    Parameters
    ----------
    lang : str
    fold : callable
        What `normalize.normalizer.load_fold` gives for the language.
    model : LinearModel
        Its classes are the themes; with ``info["calibration"]`` and ``info["thresholds"]``.
    released : ThemeScorer
        Judges advice.
    """

    def __init__(self, lang: str, fold: Callable[[str], str], model: LinearModel, released: ThemeScorer) -> None:
        info: Any = model.info
        self._scorer = PassageScorer(lang, fold, model)
        self._themes = model.classes
        self._slopes = np.array(info["calibration"]["slopes"])
        self._offsets = np.array(info["calibration"]["offsets"])
        self._thresholds = np.array(info["thresholds"])
        self._released = released

    def score_texts(self, texts: Sequence[str]) -> list[Classification]:
        """Label passages that have no context."""
        scores = expit(self._scorer.margins(texts) * self._slopes + self._offsets)
        labels = self._released.score_texts(texts)
        return [self._label(label, row) for label, row in zip(labels, scores, strict=True)]

    def score_document(self, passages: Sequence[Passage]) -> list[Classification]:
        """Label the units of one document; the sentence that introduces a list has no themes."""
        scores = expit(self._scorer.margins([passage.text for passage in passages]) * self._slopes + self._offsets)
        scores[[passage.introduces_list for passage in passages]] = 0.0
        labels = self._released.score_document(passages)
        return [self._label(label, row) for label, row in zip(labels, scores, strict=True)]

    def _label(self, label: Classification, scores: FloatArray) -> Classification:
        order = np.argsort(-scores, kind="stable")
        return replace(
            label,
            themes=tuple(self._themes[at] for at in order if scores[at] >= self._thresholds[at]),
            scores={theme: float(score) for theme, score in zip(self._themes, scores, strict=True)},
        )
