"""syntok: rules for European languages."""

from collections.abc import Callable

DISTRIBUTION = "syntok"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    from syntok import segmenter

    def split(line: str) -> str:
        paragraphs = segmenter.process(line.partition("\t")[2])
        return "\t".join(
            "".join(token.spacing + token.value for token in sentence) for p in paragraphs for sentence in p
        )

    return split
