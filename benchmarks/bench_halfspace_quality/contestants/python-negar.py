"""python-negar: an editor of Persian text, rules and a list of words not to touch."""

from collections.abc import Callable

DISTRIBUTION = "python-negar"


def prepare() -> Callable[[str], str]:
    """Return the editor; it is made anew for each text, as its own interface demands."""
    from negar.virastar import PersianEditor

    return lambda text: str(PersianEditor(text))
