"""arabic-norm: five foldings of Arabic spelling, in Rust; four are on by default."""

from collections.abc import Callable

DISTRIBUTION = "arabic-norm"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return the defaults, and with all its foldings of letters."""
    from arabic_norm import normalize

    return {"default": normalize, "five folds": lambda text: normalize(text, ta_marbuta=True)}


def prepare_lists() -> dict[str, Callable[[list[str]], list[str]]]:
    """Return the same for lists, which use all cores."""
    from arabic_norm import normalize_batch

    return {"default": normalize_batch, "five folds": lambda texts: normalize_batch(texts, ta_marbuta=True)}
