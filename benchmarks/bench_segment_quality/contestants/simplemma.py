"""simplemma: rules for many languages."""

from collections.abc import Callable

DISTRIBUTION = "simplemma"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    import simplemma

    def split(line: str) -> str:
        lang, _, text = line.partition("\t")
        try:
            return "\t".join(simplemma.split_sentences(text, lang=lang))
        except ValueError:  # a language that it does not know
            return "\t".join(simplemma.split_sentences(text))

    return split
