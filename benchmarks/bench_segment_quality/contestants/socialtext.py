"""This project."""

from collections.abc import Callable

DISTRIBUTION = "socialtext"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    from socialtext.segment.sentences import load_splitter

    def split(line: str) -> str:
        lang, _, text = line.partition("\t")
        return "\t".join(text[start:end] for start, end in load_splitter(lang).split(text, 0, len(text)))

    return split
