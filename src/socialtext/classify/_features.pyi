from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

class FeatureTable:
    def __init__(
        self,
        index: Mapping[str, int],
        idf: npt.NDArray[np.floating[Any]],
        weights: npt.NDArray[np.floating[Any]],
        intercepts: npt.NDArray[np.floating[Any]],
        pairs: Mapping[str, Mapping[str, int]],
        kinds: Sequence[str],
        look_up: Callable[[str], tuple[tuple[str, ...], list[tuple[tuple[str, ...], str]]]],
    ) -> None: ...
    def vectorize(self, words: list[str]) -> tuple[list[int], list[float]]: ...
    def margins(self, passages: list[str] | list[list[str]]) -> npt.NDArray[np.float64]: ...
    def margins_of_sentences(
        self, passages: list[str] | list[list[list[str]]]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]: ...
