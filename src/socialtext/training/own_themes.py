"""Fit a model of a user's own themes on single labelled passages.

Comes in: passages of any of the languages and a table of which themes each has. Goes out: one logistic regression for
each theme over the features of the released classifier, calibrated on passages that it has not seen, in the form of a
released model. There are no whole pages to learn from, so that the model has no context.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from socialtext import __version__
from socialtext.classify.themes import FloatArray, expit
from socialtext.models import write_model
from socialtext.pipeline import OWN_THEMES
from socialtext.training.themes import BoolArray, Example, LinearLayer, build_matrix, find_features

N_FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class OwnThemeModel:
    """A fitted model and the calibration of its margins.

    Attributes
    ----------
    layer : LinearLayer
    slopes, offsets : float array, shape (n_themes,)
        One and zero where a theme has too few passages to calibrate with.
    """

    layer: LinearLayer
    slopes: FloatArray
    offsets: FloatArray

    def predict(self, examples: Sequence[Example]) -> FloatArray:
        """Return the probability of each theme, shape (n_examples, n_themes)."""
        return expit(self.layer.margins(examples) * self.slopes + self.offsets)


def fit_own_themes(
    examples: Sequence[Example], targets: BoolArray, *, strength: float, min_passages: int
) -> OwnThemeModel:
    """Fit the model.

    Parameters
    ----------
    examples : sequence of Example
    targets : bool array, shape (n_examples, n_themes)
    strength : float
        Inverse regularization.
    min_passages : int
        A feature must occur in so many examples.
    """
    with threadpool_limits(limits=1, user_api="blas"):  # on vectors so short, threads only wait for each other
        slopes, offsets = _calibrate(examples, targets, strength, min_passages)
        return OwnThemeModel(_fit_layer(examples, targets, strength, min_passages), slopes, offsets)


def _calibrate(
    examples: Sequence[Example], targets: BoolArray, strength: float, min_passages: int
) -> tuple[FloatArray, FloatArray]:
    """Return slope and offset of the margins of each theme, from examples held out in turn."""
    margins = np.zeros(targets.shape)
    calibrated = np.ones(targets.shape[1], dtype=bool)
    # Every fifth example: where examples are sorted by theme, each theme is in every fold.
    folds = np.arange(len(examples)) % N_FOLDS
    for fold in range(N_FOLDS):
        seen, left_out = folds != fold, folds == fold
        if not left_out.any() or not seen.any():
            calibrated[:] = False
            break
        layer = _fit_layer(_choose(examples, seen), targets[seen], strength, min_passages)
        margins[left_out] = layer.margins(_choose(examples, left_out))
        calibrated &= _varies(targets[seen]) & _varies(targets[left_out])
    slopes, offsets = np.ones(targets.shape[1]), np.zeros(targets.shape[1])
    for theme in np.flatnonzero(calibrated):
        scale = LogisticRegression(C=1e3).fit(margins[:, [theme]], targets[:, theme])
        if scale.coef_[0, 0] > 0:  # else the margins say nothing, and turning them round would be chance
            slopes[theme], offsets[theme] = scale.coef_[0, 0], scale.intercept_[0]
    return slopes, offsets


def _choose(examples: Sequence[Example], chosen: BoolArray) -> list[Example]:
    return [example for example, is_chosen in zip(examples, chosen, strict=True) if is_chosen]


def _varies(targets: BoolArray) -> BoolArray:
    """Return which themes some examples have and others have not."""
    return np.asarray(targets.any(axis=0) & ~targets.all(axis=0))


def _fit_layer(examples: Sequence[Example], targets: BoolArray, strength: float, min_passages: int) -> LinearLayer:
    names, idf = find_features(examples, min_passages=min_passages)
    matrix = build_matrix(examples, names, idf)
    n_with = targets.sum(axis=0)
    weights = np.zeros((len(names), targets.shape[1]))
    intercepts = np.log((n_with + 0.5) / (len(examples) - n_with + 0.5))
    for theme in np.flatnonzero(_varies(targets)) if names else ():
        model = LogisticRegression(C=strength, max_iter=1000).fit(matrix, targets[:, theme])
        weights[:, theme], intercepts[theme] = model.coef_[0], model.intercept_[0]
    # Predict with the very values that are saved.
    return LinearLayer(
        names, idf, weights.astype(np.float16).astype(np.float64), intercepts.astype(np.float32).astype(np.float64)
    )


def write_own_themes(
    folder: Path, model: OwnThemeModel, themes: Sequence[str], threshold: float, facts: dict[str, Any]
) -> None:
    """Write the model as one that `socialtext.Pipeline` reads; `facts` are told in its ``model.json``."""
    info = {
        "name": OWN_THEMES,
        "version": __version__,
        "classes": list(themes),
        **facts,
        "calibration": {"slopes": model.slopes.tolist(), "offsets": model.offsets.tolist()},
        "thresholds": [threshold] * len(themes),
    }
    layer = model.layer
    write_model(folder, info, layer.names, layer.weights, layer.intercepts, layer.idf)
