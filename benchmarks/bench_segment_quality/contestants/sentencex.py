"""sentencex: rules by language, in Rust."""

from collections.abc import Callable

DISTRIBUTION = "sentencex"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    import sentencex

    def split(line: str) -> str:
        lang, _, text = line.partition("\t")
        return "\t".join(sentencex.segment(lang, text))

    return split
