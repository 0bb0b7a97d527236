import numpy as np
import numpy.typing as npt

class Splitter:
    def __init__(
        self,
        abbreviations: dict[str, bool],
        designations: frozenset[str],
        suffixes: frozenset[str],
        continuations: frozenset[str],
    ) -> None: ...
    def split(self, raw: str, start: int, end: int) -> list[tuple[int, int]]: ...
    def split_lines(
        self, raw: str, lines: npt.NDArray[np.int64]
    ) -> tuple[list[tuple[int, int]], npt.NDArray[np.int32]]: ...
