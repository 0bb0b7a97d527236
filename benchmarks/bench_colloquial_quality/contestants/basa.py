"""BASA: slang, repeated letters and marks in one call."""

from collections.abc import Callable

DISTRIBUTION = "basa"


def prepare() -> Callable[[str], str]:
    """Return the replacement of slang."""
    from basa import normalize

    return normalize
