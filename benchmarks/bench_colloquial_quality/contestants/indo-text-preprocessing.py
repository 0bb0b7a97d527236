"""indo-text-preprocessing: a dictionary of slang, one of several steps."""

from collections.abc import Callable

DISTRIBUTION = "indo-text-preprocessing"


def prepare() -> Callable[[str], str]:
    """Return the replacement of slang."""
    from indo_text_preprocessing.slang import replace_slang

    return replace_slang
