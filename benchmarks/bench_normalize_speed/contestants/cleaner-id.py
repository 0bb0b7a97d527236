"""cleaner-id: Indonesian preprocessing; the replacement of slang, its one function that deletes nothing."""

from collections.abc import Callable

DISTRIBUTION = "cleaner-id"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return that function."""
    from cleaner_id import remove_slang

    return {"default": remove_slang}
