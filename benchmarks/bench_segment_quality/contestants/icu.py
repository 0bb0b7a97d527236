"""ICU: the sentence breaks of Unicode, with the locale of the language."""

from collections.abc import Callable

DISTRIBUTION = "icu4py"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    from icu4py.breakers import SentenceBreaker

    def split(line: str) -> str:
        lang, _, text = line.partition("\t")
        return "\t".join(SentenceBreaker(text, lang))

    return split
