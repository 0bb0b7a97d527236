from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int32]

def choose_sentences(line_of: IntArray, kinds: Sequence[str]) -> tuple[IntArray, IntArray, IntArray, BoolArray]: ...
def decide_borders(
    chosen: IntArray, blocks: IntArray, sections: IntArray, is_item: BoolArray, words: npt.NDArray[np.void]
) -> tuple[BoolArray, BoolArray]: ...
def find_places(scores: FloatArray, least: float) -> list[int]: ...

class Signals:
    def __init__(
        self, bits: npt.NDArray[np.int64], n_discourse: int, topics: int, advice: int, n_figures: int
    ) -> None: ...

class Gaps:
    def __init__(
        self,
        signals: Signals,
        words: npt.NDArray[np.void],
        stems: IntArray,
        offsets: IntArray,
        n_stems: int,
        chosen: IntArray,
        blocks: IntArray,
        sections: IntArray,
        is_item: BoolArray,
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
