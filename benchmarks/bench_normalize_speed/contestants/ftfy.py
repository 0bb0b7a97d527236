"""ftfy: repairs text of any language that was decoded wrongly."""

from collections.abc import Callable

DISTRIBUTION = "ftfy"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return all its repairs."""
    from ftfy import fix_text

    return {"default": fix_text}
