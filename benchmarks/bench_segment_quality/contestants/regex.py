"""The floor: every stop that a space follows."""

from collections.abc import Callable

DISTRIBUTION = "socialtext"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    import re

    stop_re = re.compile("([.!?؟…۔]+[\"'”’»)\\]]*)\\s+")

    def split(line: str) -> str:
        return stop_re.sub("\\1\t", line.partition("\t")[2])

    return split
