"""parsivar: a Persian toolkit; with its statistical correction of spaces, the better of its two."""

from collections.abc import Callable

DISTRIBUTION = "parsivar"


def prepare() -> Callable[[str], str]:
    """Return the normalizer with the model that comes with the package."""
    from parsivar import Normalizer

    return Normalizer(statistical_space_correction=True).normalize
