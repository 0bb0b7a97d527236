"""Themes of a user's own: predicts with a model that was fitted on single passages, never trains.

Comes in: texts of one language, alone or as the units of one document. Goes out: the labels of the released
classifier with the themes replaced. Such a model has seen no whole pages, so that each unit is judged by itself; it
knows nothing of advice either, which stays with the released classifier.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from socialtext.classify.explain import explain_passage
from socialtext.classify.themes import FloatArray, Passage, ThemeScorer, build_table, expit
from socialtext.cues import CueMatcher
from socialtext.models import LinearModel
from socialtext.types import Classification, Reason


class OwnThemeScorer:
    """Label passages of one language with the themes of a model.

    Parameters
    ----------
    lang : str
    fold : callable
        What `normalize.normalizer.load_fold` gives for the language.
    model : LinearModel
        Its classes are the themes; with ``alone`` in its `info`.
    released : ThemeScorer
        Judges advice.
    """

    def __init__(self, lang: str, fold: Callable[[str], str], model: LinearModel, released: ThemeScorer) -> None:
        alone: Any = model.info["alone"]
        self._fold = fold
        self._model = model
        self._matcher = CueMatcher(lang, fold)
        self._table = build_table(self._matcher, model)
        self._slopes = np.array(alone["slopes"])
        self._offsets = np.array(alone["offsets"])
        self._thresholds = np.array(alone["thresholds"])
        self._released = released

    def explain(self, folded: str, written: Callable[[int, int], str]) -> Mapping[str, tuple[Reason, ...]]:
        """Return why a passage has its themes, and why the released classifier takes it for advice or not."""
        reasons = explain_passage(folded, written, self._matcher, self._model, self._slopes, self._offsets)
        return {**reasons, "advice": self._released.explain(folded, written)["advice"]}

    def score_texts(self, texts: Sequence[str]) -> list[Classification]:
        """Label passages that have no context."""
        scores = self._score(texts)
        labels = self._released.score_texts(texts)
        return [self._label(label, row) for label, row in zip(labels, scores, strict=True)]

    def score_document(self, passages: Sequence[Passage]) -> list[Classification]:
        """Label the units of one document; the sentence that introduces a list has no themes."""
        scores = self._score([passage.text for passage in passages])
        scores[[passage.introduces_list for passage in passages]] = 0.0
        labels = self._released.score_document(passages)
        return [self._label(label, row) for label, row in zip(labels, scores, strict=True)]

    def _score(self, texts: Sequence[str]) -> FloatArray:
        margins = self._table.margins([self._fold(text) for text in texts])
        return expit(margins * self._slopes + self._offsets)

    def _label(self, label: Classification, scores: FloatArray) -> Classification:
        order = np.argsort(-scores, kind="stable")
        return replace(
            label,
            themes=tuple(self._model.classes[at] for at in order if scores[at] >= self._thresholds[at]),
            scores={theme: float(score) for theme, score in zip(self._model.classes, scores, strict=True)},
        )
