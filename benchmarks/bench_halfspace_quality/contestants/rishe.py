"""rishe: a Persian toolkit in Rust."""

from collections.abc import Callable

DISTRIBUTION = "rishe"


def prepare() -> Callable[[str], str]:
    """Return the normalizer with the interface of hazm, which also corrects the spacing."""
    from rishe import Normalizer

    return Normalizer().normalize
