from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

def list_sentences(
    spans: list[tuple[int, int]],
    line_of: npt.NDArray[np.int32],
    lines: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.int32],
    scores: npt.NDArray[np.float64],
) -> tuple[list[int], list[int], list[float]]: ...
def list_units(
    spans: list[tuple[int, int]],
    chosen: npt.NDArray[np.int32],
    blocks: npt.NDArray[np.int32],
    starts: list[int],
    kinds: Sequence[str],
) -> tuple[list[int], list[int], list[int | None]]: ...
