"""How good labels are: F1, macro-F1 over the themes and no theme, calibration error.

Comes in: truth values of gold and prediction, one row an item, with a weight for each. Goes out: figures in [0, 1].
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from socialtext.types import THEMES

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
N_BINS: Final = 10


def f1(n_both: float, n_gold: float, n_predicted: float) -> float | None:
    """Return F1 of so many right ones among so many gold and so many predicted ones; None where there are none."""
    total = n_gold + n_predicted
    return 2.0 * n_both / total if total else None


def label_f1(gold: BoolArray, predicted: BoolArray, weights: FloatArray | None = None) -> float | None:
    """Return F1 of one label over items that may weigh differently."""
    weights = np.ones(len(gold)) if weights is None else weights
    return f1(float(weights[gold & predicted].sum()), float(weights[gold].sum()), float(weights[predicted].sum()))


def theme_f1(gold: BoolArray, predicted: BoolArray, weights: FloatArray | None = None) -> dict[str, float | None]:
    """Return F1 of each theme and of no theme, and ``macro``, their mean over those that gold knows.

    Parameters
    ----------
    gold, predicted : bool arrays, shape (n_items, 4)
    weights : float array, shape (n_items,), optional
    """
    gold = np.column_stack([gold, ~gold.any(axis=1)])
    predicted = np.column_stack([predicted, ~predicted.any(axis=1)])
    columns = [(name, gold[:, at], predicted[:, at]) for at, name in enumerate((*THEMES, "none"))]
    scores: dict[str, float | None] = {name: label_f1(true, found, weights) for name, true, found in columns}
    known = [scores[name] or 0.0 for name, true, _ in columns if true.any()]
    return {**scores, "macro": sum(known) / len(known) if known else None}


def calibration_error(gold: BoolArray, scores: FloatArray) -> float:
    """Return the expected calibration error: mean distance of score and frequency over ten equal bins, by size."""
    if not len(gold):
        return 0.0
    bins = np.minimum((scores * N_BINS).astype(int), N_BINS - 1)
    error = 0.0
    for number in range(N_BINS):
        inside = bins == number
        if inside.any():
            error += float(inside.mean()) * abs(float(scores[inside].mean()) - float(gold[inside].mean()))
    return error


def theme_matrix(labels: Sequence[Sequence[str]]) -> BoolArray:
    """Return the themes of each item as truth values, shape (n_items, 4)."""
    return np.array([[theme in themes for theme in THEMES] for themes in labels], dtype=bool).reshape(-1, len(THEMES))
