"""Fit a model of a user's own themes on single labelled passages.

Comes in: passages of any of the languages and a table of which themes each has. Goes out: one logistic regression for
each theme over the features of the released classifier, calibrated on passages that it has not seen, in the form of a
released model. There are no whole pages to learn from, so that the model has no context.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from socialtext import __version__
from socialtext.classify.themes import FloatArray, build_table, expit
from socialtext.cues import CueMatcher
from socialtext.evaluation.labels import BoolArray
from socialtext.models import LinearModel, write_model
from socialtext.pipeline import OWN_THEMES
from socialtext.training.themes import Example, build_matrix, find_features

N_FOLDS: Final = 5
Matchers = Mapping[str, CueMatcher]


@dataclass(frozen=True, slots=True, eq=False)
class OwnThemeModel:
    """A fitted model and the calibration of its margins.

    Attributes
    ----------
    linear : LinearModel
        Its classes are numbers: what a theme is called is not known here.
    slopes, offsets : float array, shape (n_themes,)
        One and zero where a theme has too few passages to calibrate with.
    """

    linear: LinearModel
    slopes: FloatArray
    offsets: FloatArray

    def predict(self, examples: Sequence[Example], matchers: Matchers) -> FloatArray:
        """Return the probability of each theme, shape (n_examples, n_themes)."""
        return expit(_score(self.linear, examples, matchers) * self.slopes + self.offsets)


def fit_own_themes(
    examples: Sequence[Example], targets: BoolArray, matchers: Matchers, *, strength: float, min_passages: int
) -> OwnThemeModel:
    """Fit the model.

    Parameters
    ----------
    examples : sequence of Example
    targets : bool array, shape (n_examples, n_themes)
    matchers : dict of str to CueMatcher
        Of each language.
    strength : float
        Inverse regularization.
    min_passages : int
        A feature must occur in so many examples.
    """
    margins = np.zeros(targets.shape)
    calibrated = np.ones(targets.shape[1], dtype=bool)
    # Every fifth example: where examples are sorted by theme, each theme is in every fold.
    folds = np.arange(len(examples)) % N_FOLDS
    for fold in range(N_FOLDS):
        seen, left_out = folds != fold, folds == fold
        if not left_out.any() or not seen.any():
            calibrated[:] = False
            break
        model = _fit_linear(_choose(examples, seen), targets[seen], matchers, strength, min_passages)
        margins[left_out] = _score(model, _choose(examples, left_out), matchers)
        calibrated &= _varies(targets[seen]) & _varies(targets[left_out])
    slopes, offsets = np.ones(targets.shape[1]), np.zeros(targets.shape[1])
    for theme in np.flatnonzero(calibrated):
        scale = LogisticRegression(C=1e3).fit(margins[:, [theme]], targets[:, theme])
        if scale.coef_[0, 0] > 0:  # else the margins say nothing, and turning them round would be chance
            slopes[theme], offsets[theme] = scale.coef_[0, 0], scale.intercept_[0]
    return OwnThemeModel(_fit_linear(examples, targets, matchers, strength, min_passages), slopes, offsets)


def _choose(examples: Sequence[Example], chosen: BoolArray) -> list[Example]:
    return [example for example, is_chosen in zip(examples, chosen, strict=True) if is_chosen]


def _varies(targets: BoolArray) -> BoolArray:
    """Return which themes some examples have and others have not."""
    return np.asarray(targets.any(axis=0) & ~targets.all(axis=0))


def _fit_linear(
    examples: Sequence[Example], targets: BoolArray, matchers: Matchers, strength: float, min_passages: int
) -> LinearModel:
    empty = find_features(examples, min_passages=min_passages)
    matrix = build_matrix(examples, empty, matchers)
    n_with = targets.sum(axis=0)
    weights = np.zeros((len(empty.index), targets.shape[1]))
    intercepts = np.log((n_with + 0.5) / (len(examples) - n_with + 0.5))
    for theme in np.flatnonzero(_varies(targets)) if empty.index else ():
        model = LogisticRegression(C=strength, solver="liblinear", random_state=0).fit(matrix, targets[:, theme])
        weights[:, theme], intercepts[theme] = model.coef_[0], model.intercept_[0]
    return replace(
        empty,
        classes=tuple(map(str, range(targets.shape[1]))),
        stored=weights.astype(np.float16).astype(np.float32),  # predict with the very values that are saved
        intercepts=intercepts.astype(np.float32),
    )


def _score(model: LinearModel, examples: Sequence[Example], matchers: Matchers) -> FloatArray:
    margins = np.zeros((len(examples), len(model.classes)))
    for lang, matcher in matchers.items():
        here = [at for at, example in enumerate(examples) if example.lang == lang]
        if here:
            margins[here] = build_table(matcher, model).margins([examples[at].folded for at in here])
    return margins


def write_own_themes(
    folder: Path, model: OwnThemeModel, themes: Sequence[str], threshold: float, facts: dict[str, Any]
) -> None:
    """Write the model as one that `socialtext.Pipeline` reads; `facts` are told in its ``model.json``."""
    info = {
        "name": OWN_THEMES,
        "version": __version__,
        "classes": list(themes),
        **facts,
        "alone": {
            "slopes": model.slopes.tolist(),
            "offsets": model.offsets.tolist(),
            "thresholds": [threshold] * len(themes),
        },
    }
    linear = model.linear
    write_model(folder, info, list(linear.index), linear.weights, linear.intercepts, idf=linear.idf)
