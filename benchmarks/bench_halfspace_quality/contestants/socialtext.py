"""This project, in its standard profile."""

from collections.abc import Callable

DISTRIBUTION = "socialtext"


def prepare() -> Callable[[str], str]:
    """Return the normalizer."""
    from socialtext import Normalizer

    return Normalizer("fa").normalize
