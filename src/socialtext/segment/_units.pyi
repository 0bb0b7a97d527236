from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

def choose_sentences(
    line_of: IntArray, is_content: bytes | bytearray, is_item: bytes | bytearray
) -> tuple[IntArray, IntArray, IntArray, npt.NDArray[np.bool_]]: ...

class Gaps:
    def __init__(
        self,
        words: Mapping[str, Any],
        chosen: IntArray,
        blocks: IntArray,
        sections: IntArray,
        is_item: npt.NDArray[np.bool_],
        signals: npt.NDArray[np.int64],
        n_discourse: int,
        topic_bits: int,
        advice_bits: int,
        n_figures: int,
    ) -> None: ...
    def measure(self) -> FloatArray: ...
    def weigh(self, edges: FloatArray, plain: FloatArray, logs: FloatArray, bins: FloatArray) -> FloatArray: ...
