from collections.abc import Mapping, Sequence

class CueTable:
    def __init__(
        self,
        words: Mapping[str, int],
        prefixes: Mapping[str, int],
        phrases: Mapping[str, Sequence[tuple[tuple[str, ...], int]]],
        has_proclitics: bool,
    ) -> None: ...
    def look_up_word(self, word: str) -> tuple[int, list[int]]: ...
