"""shekar: a Persian toolkit."""

from collections.abc import Callable

DISTRIBUTION = "shekar"


def prepare() -> Callable[[str], str]:
    """Return the normalizer."""
    from shekar import Normalizer

    return Normalizer().normalize
