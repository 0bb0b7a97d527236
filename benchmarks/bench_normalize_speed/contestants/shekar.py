"""shekar: a Persian toolkit."""

from collections.abc import Callable

DISTRIBUTION = "shekar"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return the normalizer."""
    from shekar import Normalizer

    return {"default": Normalizer().normalize}
