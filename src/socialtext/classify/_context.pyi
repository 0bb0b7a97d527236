from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
PlaceArray = npt.NDArray[np.int64]

def read_places(passages: Sequence[Any]) -> PlaceArray: ...
def theme_columns(
    places: PlaceArray,
    whole: FloatArray,
    strongest: FloatArray,
    first: FloatArray,
    above: FloatArray,
    net: FloatArray,
    n_themes: int,
) -> FloatArray: ...
def advice_columns(
    places: PlaceArray, whole: FloatArray, strongest: FloatArray, above: FloatArray, advice: int
) -> FloatArray: ...
def weigh_columns(columns: FloatArray, weights: FloatArray, intercept: float) -> list[float]: ...
def take_rows(margins: FloatArray, rows: list[int]) -> FloatArray: ...
def list_labels(
    theme_scores: list[float],
    advice_scores: list[float],
    thresholds: list[float],
    themes: tuple[str, ...],
    places: PlaceArray | None = None,
) -> tuple[list[tuple[str, ...]], list[dict[str, float]], list[bool], list[float]]: ...
