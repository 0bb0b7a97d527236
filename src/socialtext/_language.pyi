from collections.abc import Sequence
from typing import Any

class LanguageScorer:
    def __init__(
        self, langs: Sequence[str], nextmove: Any, row: Any, output: Sequence[int], table: Any, prior: Any
    ) -> None: ...
    def rank(self, text: bytes) -> list[str]: ...
