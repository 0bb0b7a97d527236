import re

import numpy as np
import numpy.typing as npt

from socialtext._concepts import ConceptTable
from socialtext._cues import CueTable

IntArray = npt.NDArray[np.int32]

HAS_DATE: int
HAS_SEPARATOR: int
HAS_ADDRESS: int
HAS_LEAD: int
HAS_ITEMS: int

def scan_lines(raw: str) -> npt.NDArray[np.int64]: ...
def union_signs(lines: npt.NDArray[np.int64]) -> int: ...
def measure_lines(raw: str, lines: npt.NDArray[np.int64]) -> tuple[int, int, int]: ...
def find_wrapped_runs(raw: str, lines: npt.NDArray[np.int64], least: int, most: int) -> list[tuple[int, int]]: ...
def match_markers(raw: str, lines: npt.NDArray[np.int64], pattern: re.Pattern[str]) -> npt.NDArray[np.int64]: ...
def slice_sentences(raw: str, spans: list[tuple[int, int]]) -> list[str]: ...

class WordReader:
    def __init__(self, cues: CueTable, concepts: ConceptTable) -> None: ...
    def read(
        self, folded: str, lines: IntArray, n_lines: int
    ) -> tuple[npt.NDArray[np.void], npt.NDArray[np.void], IntArray, IntArray, int]: ...

def measure_cohesion(
    stems: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int32],
    n_stems: int,
    chosen: npt.NDArray[np.int32],
    blocks: npt.NDArray[np.int32],
    sections: npt.NDArray[np.int32],
) -> npt.NDArray[np.float64]: ...
