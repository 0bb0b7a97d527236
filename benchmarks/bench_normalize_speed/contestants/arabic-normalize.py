"""arabic-normalize: foldings of Arabic spelling for search, in Rust."""

from collections.abc import Callable

DISTRIBUTION = "arabic-normalize"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return the conservative defaults, and the preset for search."""
    from arabic_normalize import normalize, normalize_for_search

    return {"default": normalize, "search": normalize_for_search}


def prepare_lists() -> dict[str, Callable[[list[str]], list[str]]]:
    """Return both for lists."""
    from arabic_normalize import Normalizer

    return {"default": Normalizer().normalize_many, "search": Normalizer.search().normalize_many}
