"""pyarabic: an Arabic toolkit; its functions for marks and letters in a row."""

from collections.abc import Callable

DISTRIBUTION = "PyArabic"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return the chain."""
    from pyarabic import araby

    def chain(text: str) -> str:
        text = araby.strip_tatweel(araby.strip_tashkeel(text))
        return str(araby.normalize_teh(araby.normalize_alef(araby.normalize_ligature(text))))

    return {"default": chain}
