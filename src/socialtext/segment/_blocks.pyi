from collections.abc import Mapping, Sequence
from re import Pattern

import numpy as np
import numpy.typing as npt

from socialtext.types import BlockKind

IntArray = npt.NDArray[np.int64]

class LineColumns:
    def __init__(
        self,
        rows: Mapping[str, int],
        bases: Mapping[str, int],
        buckets: Sequence[int],
        end_of: Mapping[int, int],
        n_ends: int,
        n_markers: int,
        cue_bits: Mapping[str, int],
        first_bits: Mapping[str, int],
        boilerplate: int,
        caption: int,
        toc: int,
        signature: int,
        patterns: Sequence[Pattern[str]],
        alphabets: tuple[str, ...],
    ) -> None: ...
    def find(
        self,
        raw: str,
        lines: IntArray,
        markers: IntArray,
        line_words: npt.NDArray[np.void],
        folded: str,
    ) -> IntArray: ...
    def choose(
        self,
        columns: IntArray,
        weights: npt.NDArray[np.float64],
        intercepts: npt.NDArray[np.float64],
        kinds: list[BlockKind],
        long_sentence: float,
        no_sign: float,
        support_row: int,
        known: IntArray | None,
        marked_up: float,
    ) -> list[BlockKind]: ...
    def correct_lists(
        self,
        kinds: list[BlockKind],
        raw: str,
        lines: IntArray,
        markers: IntArray,
        columns: IntArray,
        known: IntArray | None,
    ) -> None: ...
    def put_title(self, kinds: list[BlockKind], lines: IntArray, columns: IntArray, known: IntArray | None) -> None: ...
