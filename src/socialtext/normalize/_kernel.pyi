from array import array
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from socialtext.types import Alignment

Span = tuple[int, int]

unicode_version: str

class Kernel:
    def __init__(
        self,
        mapping: dict[int, tuple[int, ...]],
        non_joining: frozenset[int],
        switches: frozenset[str],
        local_digits: str,
        designations: frozenset[str] = frozenset(),
        find_surplus: Callable[[str, list[Span]], list[Span]] | None = None,
    ) -> None: ...
    def normalize(self, raw: str) -> str: ...
    def normalize_batch(self, raws: list[str]) -> list[str]: ...
    def normalize_utf8(self, data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> tuple[memoryview, array[int]]: ...
    def align(self, raw: str) -> Alignment: ...

class NativeNormalizer:
    _kernel: Kernel
    _repairer: Any
    def __init__(self, kernel: Kernel, repairer: Any) -> None: ...
    def normalize(self, raw: str) -> str:
        """Return the normalized text; the same object where nothing changes.

        A lone surrogate becomes U+FFFD, so that the result always encodes; nothing else is refused.
        """

def iter_case_folds() -> Iterator[tuple[int, tuple[int, ...]]]: ...
def character_class(character: str) -> int: ...
