from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

def theme_columns(
    passages: Sequence[Any],
    whole: FloatArray,
    strongest: FloatArray,
    first: FloatArray,
    heading: FloatArray,
    n_themes: int,
) -> FloatArray: ...
def advice_columns(passages: Sequence[Any], whole: FloatArray, strongest: FloatArray, advice: int) -> FloatArray: ...
def weigh_columns(columns: FloatArray, weights: FloatArray, intercept: float) -> list[float]: ...
def take_rows(margins: FloatArray, rows: list[int]) -> FloatArray: ...
