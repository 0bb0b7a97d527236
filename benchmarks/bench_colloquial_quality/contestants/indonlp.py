"""indoNLP: a dictionary of slang, one of several steps."""

from collections.abc import Callable

DISTRIBUTION = "indonlp"


def prepare() -> Callable[[str], str]:
    """Return the replacement of slang."""
    from indoNLP.preprocessing import replace_slang

    return replace_slang
