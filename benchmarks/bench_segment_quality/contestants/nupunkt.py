"""nupunkt: Punkt with a trained English model."""

from collections.abc import Callable

DISTRIBUTION = "nupunkt"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    import nupunkt

    def split(line: str) -> str:
        return "\t".join(nupunkt.sent_tokenize(line.partition("\t")[2]))

    return split
