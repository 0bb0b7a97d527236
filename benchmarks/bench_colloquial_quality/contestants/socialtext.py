"""This project, in the formal register."""

from collections.abc import Callable

DISTRIBUTION = "socialtext"


def prepare() -> Callable[[str], str]:
    """Return the normalizer."""
    from socialtext import Normalizer

    return Normalizer("id", profile="formal").normalize
