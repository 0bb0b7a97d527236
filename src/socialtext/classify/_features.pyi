from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from socialtext._concepts import ConceptTable
from socialtext._cues import CueTable
from socialtext.models import Steps

class FeatureWeights:
    def __init__(
        self,
        names: str,
        idf: npt.NDArray[np.floating[Any]],
        weights: npt.NDArray[np.floating[Any]] | Steps,
    ) -> None: ...

class FeatureTable:
    def __init__(
        self,
        weights: FeatureWeights,
        intercepts: npt.NDArray[np.floating[Any]],
        kinds: Sequence[str],
        cues: CueTable,
        concepts: ConceptTable,
    ) -> None: ...
    def vectorize(self, folded: str) -> tuple[list[int], list[float]]: ...
    def margins(self, passages: list[str]) -> npt.NDArray[np.float64]: ...
    def margins_of_sentences(
        self, passages: list[str]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]: ...
