"""rishe: a Persian toolkit in Rust."""

from collections.abc import Callable

DISTRIBUTION = "rishe"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return the normalizer with the interface of hazm, which also corrects the spacing."""
    from rishe import Normalizer

    return {"default": Normalizer().normalize}
