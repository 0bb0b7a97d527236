"""hazm: the oldest Persian toolkit."""

from collections.abc import Callable

DISTRIBUTION = "hazm"
PYTHON = "3.12"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return the normalizer."""
    from hazm import Normalizer

    return {"default": Normalizer().normalize}
