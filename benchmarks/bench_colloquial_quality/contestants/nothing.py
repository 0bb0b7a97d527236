"""The sentences as they are."""

from collections.abc import Callable

DISTRIBUTION = "socialtext"


def prepare() -> Callable[[str], str]:
    """Return the identity."""
    return str
