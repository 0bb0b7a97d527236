"""araclean: an Arabic normalizer with profiles and offsets, in Python."""

from collections.abc import Callable

DISTRIBUTION = "araclean"
PYTHON = "3.12"


def prepare() -> dict[str, Callable[[str], object]]:
    """Return its default profile and that for search, and both with offsets."""
    from araclean import LIGHT, SEARCH, Pipeline

    # Kept pipelines: its function ``normalize`` builds one anew at each call, which takes a millisecond.
    light, search = Pipeline.from_profile(LIGHT), Pipeline.from_profile(SEARCH)
    return {
        "default": light,
        "search": search,
        "default, offsets": light.apply_aligned,
        "search, offsets": search.apply_aligned,
    }
