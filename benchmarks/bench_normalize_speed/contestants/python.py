"""Python itself: what no normalizer gets below, and what a quick script would do."""

import unicodedata
from collections.abc import Callable

TRANSLATIONS = {
    **dict.fromkeys((*range(0x610, 0x61B), *range(0x64B, 0x660), 0x640, 0x670)),
    **{0x660 + digit: 0x30 + digit for digit in range(10)},
    **{0x6F0 + digit: 0x30 + digit for digit in range(10)},
    **dict.fromkeys((0x622, 0x623, 0x625, 0x671), 0x627),
    **{0x649: 0x64A, 0x6CC: 0x64A, 0x629: 0x647, 0x6A9: 0x643},
}
"""Marks deleted, digits and look-alike letters folded, as many a script does it."""


def prepare() -> dict[str, Callable[[str], object]]:
    """Return the ways that take a text."""
    import regex

    marks = regex.compile("[\\u0610-\\u061A\\u064B-\\u065F\\u0640\\u0670]")
    return {
        "encode UTF-8": str.encode,
        "str.translate": lambda text: text.translate(TRANSLATIONS),
        "NFKC": lambda text: unicodedata.normalize("NFKC", text),
        "regex sub": lambda text: marks.sub("", text),
    }


def prepare_bytes() -> dict[str, Callable[[bytes], object]]:
    """Return the ways that take the UTF-8 of a text."""
    return {"copy bytes": bytearray, "decode UTF-8": bytes.decode}
