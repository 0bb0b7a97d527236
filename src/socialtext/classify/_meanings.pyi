from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from socialtext._concepts import ConceptTable

class MeaningNet:
    def __init__(
        self,
        concepts: Sequence[str],
        idf: npt.NDArray[np.floating[Any]],
        hidden: npt.NDArray[np.floating[Any]],
        hidden_bias: npt.NDArray[np.floating[Any]],
        output: npt.NDArray[np.floating[Any]],
        output_bias: npt.NDArray[np.floating[Any]],
    ) -> None: ...

class MeaningTable:
    def __init__(self, net: MeaningNet, concepts: ConceptTable) -> None: ...
    def vectorize(self, folded: str) -> tuple[list[int], list[float]]: ...
    def margins(self, passages: list[str]) -> npt.NDArray[np.float64]: ...
    def margins_of_page(
        self, passages: list[str], above: list[str], above_rows: list[int]
    ) -> npt.NDArray[np.float64]: ...
