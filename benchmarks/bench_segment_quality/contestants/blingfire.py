"""Bling Fire: finite-state machines."""

from collections.abc import Callable

DISTRIBUTION = "blingfire"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    from blingfire import text_to_sentences

    def split(line: str) -> str:
        return str(text_to_sentences(line.partition("\t")[2])).replace("\n", "\t")

    return split
