"""yasbd: rules by language."""

from collections.abc import Callable

DISTRIBUTION = "yasbd-lib"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    from yasbd import BoundaryDetector

    detectors = {lang: BoundaryDetector(lang) for lang in ("ar", "fa", "id")}

    def split(line: str) -> str:
        lang, _, text = line.partition("\t")
        return "\t".join(detectors[lang].segment(text))

    return split
