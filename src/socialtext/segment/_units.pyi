from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int32]

def choose_sentences(line_of: IntArray, kinds: Sequence[str]) -> tuple[IntArray, IntArray, IntArray, BoolArray]: ...
def decide_borders(
    chosen: IntArray, blocks: IntArray, sections: IntArray, is_item: BoolArray, colon: npt.NDArray[np.uint8]
) -> tuple[BoolArray, BoolArray]: ...
def find_places(scores: FloatArray, least: float) -> list[int]: ...

class Gaps:
    def __init__(
        self,
        words: Mapping[str, Any],
        chosen: IntArray,
        blocks: IntArray,
        sections: IntArray,
        is_item: BoolArray,
        signals: npt.NDArray[np.int64],
        n_discourse: int,
        topic_bits: int,
        advice_bits: int,
        n_figures: int,
    ) -> None: ...
    def measure(self) -> FloatArray: ...
    def score(
        self,
        intercept: float,
        edges: FloatArray,
        plain: FloatArray,
        logs: FloatArray,
        bins: FloatArray,
        fixed: BoolArray,
        borders: BoolArray,
    ) -> FloatArray: ...
