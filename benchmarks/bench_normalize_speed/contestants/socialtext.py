"""This project: each profile of each language, offsets, and with steps switched off to do what others do."""

from collections.abc import Callable
from typing import Any

DISTRIBUTION = "socialtext"


def prepare() -> dict[str, Callable[[str], object]]:
    """Return all ways; the default is Persian."""
    normalizers = build_normalizers()
    ways: dict[str, Callable[[str], object]] = {"default": normalizers["fa standard"].normalize}
    for name, normalizer in normalizers.items():
        ways |= {name: normalizer.normalize, f"{name}, align": normalizer.align}
    return ways


def prepare_lists() -> dict[str, Callable[[list[str]], list[str]]]:
    """Return the same for lists."""
    return {name: normalizer.normalize_batch for name, normalizer in build_normalizers().items()}


def build_normalizers() -> dict[str, Any]:
    """Return the normalizers by name."""
    from socialtext import Normalizer
    from socialtext.normalize.steps import PROFILES, STEPS

    repairs_off: dict[str, Any] = dict.fromkeys({"halfspace", "colloquial"} & STEPS.keys(), False)
    return {
        **{
            f"{lang} {profile}": Normalizer(lang, profile=profile)
            for lang in ("ar", "fa", "id")
            for profile in PROFILES
        },
        **{f"{lang} standard, no repairs": Normalizer(lang, **repairs_off) for lang in ("fa", "id")},
        "ar five folds": Normalizer(
            "ar", profile="minimal", unicode=False, invisibles=False, spaces=False, tatweel=True, fold=True
        ),
    }
