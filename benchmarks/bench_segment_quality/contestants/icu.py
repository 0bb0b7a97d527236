"""ICU: the sentence breaks of Unicode, with the locale of the language."""

import itertools
from collections.abc import Callable

DISTRIBUTION = "PyICU"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    from icu import BreakIterator, Locale

    def split(line: str) -> str:
        lang, _, text = line.partition("\t")
        iterator = BreakIterator.createSentenceInstance(Locale(lang))
        # ICU counts UTF-16 units.
        units = text.encode("utf-16-le")
        iterator.setText(text)
        borders = [0, *iterator]
        pieces = itertools.pairwise(borders)
        return "\t".join(units[2 * start : 2 * end].decode("utf-16-le") for start, end in pieces)

    return split
