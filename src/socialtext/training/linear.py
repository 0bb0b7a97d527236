"""Fit a linear model over named features with scikit-learn, in the form in which models are released."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression


def build_vocabulary(bags: Sequence[Mapping[str, float]], min_count: int) -> list[str]:
    """Return the names that occur in at least `min_count` bags, sorted."""
    counts: dict[str, int] = {}
    for bag in bags:
        for name in bag:
            counts[name] = counts.get(name, 0) + 1
    return sorted(name for name, count in counts.items() if count >= min_count)


def vectorize(bags: Sequence[Mapping[str, float]], names: Sequence[str]) -> "csr_matrix[np.float64]":
    """Return the bags as rows of a sparse matrix, one column a name."""
    index = {name: column for column, name in enumerate(names)}
    rows = ([(index[name], value) for name, value in sorted(bag.items()) if name in index] for bag in bags)
    return stack_rows((([column for column, _ in row], [value for _, value in row]) for row in rows), len(names))


def stack_rows(
    rows: Iterable[tuple[Sequence[int], Sequence[float]]], n_columns: int, dtype: npt.DTypeLike = np.float64
) -> "csr_matrix[Any]":
    """Return rows, each the columns that are set and their values, as a sparse matrix."""
    indptr: list[int] = [0]
    indices: list[int] = []
    values: list[float] = []
    for columns, of_row in rows:
        indices += columns
        values += of_row
        indptr.append(len(indices))
    return csr_matrix((np.array(values, dtype), indices, indptr), shape=(len(indptr) - 1, n_columns))


def inverse_frequency(count: int, n_examples: int) -> float:
    """Return what a feature is worth that stands in so many of the examples: its smoothed idf."""
    return 1.0 + math.log((1 + n_examples) / (1 + count))


@dataclass(frozen=True, slots=True)
class FittedLinear:
    """A fitted model in the form of a released one."""

    index: Mapping[str, int]
    weights: npt.NDArray[np.float64]
    intercepts: npt.NDArray[np.float64]
    classes: list[Any]


def fit_logistic(
    bags: Sequence[Mapping[str, float]],
    targets: Sequence[Any],
    *,
    min_count: int,
    C: float,  # noqa: N803, scikit-learn's own name
    sample_weight: Sequence[float] | None = None,
) -> tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float64], list[Any]]:
    """Return names, weights of shape (n_features, n_rows), intercepts and classes of a logistic regression."""
    names = build_vocabulary(bags, min_count)
    model = LogisticRegression(C=C, max_iter=2000)
    model.fit(vectorize(bags, names), list(targets), sample_weight=sample_weight)
    return names, model.coef_.T, model.intercept_, list(model.classes_)


def fit_matrix(
    matrix: "csr_matrix[np.float64]",
    names: Sequence[str],
    targets: Sequence[Any],
    *,
    min_count: int,
    C: float,  # noqa: N803, scikit-learn's own name
    sample_weight: npt.NDArray[np.float64],
) -> FittedLinear:
    """Return a logistic regression over the named columns that are set in at least `min_count` rows."""
    kept = np.flatnonzero(matrix.getnnz(axis=0) >= min_count)
    model = LogisticRegression(C=C, max_iter=2000)
    model.fit(matrix[:, kept], list(targets), sample_weight=sample_weight)
    index = {names[column]: row for row, column in enumerate(kept.tolist())}
    return FittedLinear(index, model.coef_.T, model.intercept_, list(model.classes_))
