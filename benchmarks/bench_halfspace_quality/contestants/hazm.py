"""hazm: the oldest Persian toolkit."""

from collections.abc import Callable

DISTRIBUTION = "hazm"


def prepare() -> Callable[[str], str]:
    """Return the normalizer."""
    from hazm import Normalizer

    return Normalizer().normalize
