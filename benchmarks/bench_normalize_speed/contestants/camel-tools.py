"""camel-tools: an Arabic toolkit; the chain of functions that its guide recommends before other work."""

from collections.abc import Callable

DISTRIBUTION = "camel-tools"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return the chain: the part of the package that does this needs neither its models nor torch."""
    from camel_tools.utils.dediac import dediac_ar
    from camel_tools.utils.normalize import (
        normalize_alef_ar,
        normalize_alef_maksura_ar,
        normalize_teh_marbuta_ar,
        normalize_unicode,
    )

    def chain(text: str) -> str:
        text = normalize_alef_ar(normalize_unicode(text))
        return str(dediac_ar(normalize_teh_marbuta_ar(normalize_alef_maksura_ar(text))))

    return {"default": chain}
