"""cleaner-id: a dictionary of slang, one of several steps."""

from collections.abc import Callable

DISTRIBUTION = "cleaner-id"


def prepare() -> Callable[[str], str]:
    """Return the replacement of slang."""
    from cleaner_id import remove_slang

    return remove_slang
