from collections.abc import Mapping, Sequence
from re import Pattern

import numpy as np
import numpy.typing as npt

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
    ) -> None: ...
    def find(
        self,
        raw: str,
        lines: npt.NDArray[np.int64],
        markers: npt.NDArray[np.int64],
        line_cues: npt.NDArray[np.int64],
        line_first: npt.NDArray[np.int64],
        folded: str,
        line_spans: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int64]: ...
    def choose(
        self,
        columns: npt.NDArray[np.int64],
        weights: npt.NDArray[np.float64],
        intercepts: npt.NDArray[np.float64],
        boilerplate: int,
        heading: int,
        long_sentence: float,
        no_sign: float,
        support_row: int,
    ) -> list[int]: ...
