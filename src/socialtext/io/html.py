"""HTML pages to plain text: the main content, a block a line, with its headings and lists.

Comes in: the text of an HTML page. Goes out: lines, headings between blank lines, list items behind a bullet or number.
trafilatura finds the content; it drops navigation, comments and footers. From here on a page takes the road of plain
text, and offsets refer to the text that is returned here.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from socialtext.errors import MissingExtraError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SUFFIXES = (".html", ".htm")
# Elements that are blocks or hold some; any other marks up words of a block.
BLOCKS = frozenset({"p", "head", "list", "table", "quote", "div", "code"})
BULLET = "\N{BULLET}"
MISSING = "HTML is read with trafilatura: install it with pip install 'socialtext[html]'"


def check_extractor() -> None:
    """Raise where HTML cannot be read, without the time that it takes to load what reads it.

    Raises
    ------
    MissingExtraError
        ST620 trafilatura is not installed.
    """
    if find_spec("trafilatura") is None:
        raise MissingExtraError("ST620", MISSING)


def extract_text(html: str) -> str:
    """Return the content of an HTML page as plain text; empty where the page has none.

    Raises
    ------
    MissingExtraError
        ST620 trafilatura is not installed.
    """
    try:
        import trafilatura
    except ImportError as error:
        raise MissingExtraError("ST620", MISSING) from error
    from xml.etree import ElementTree

    xml = trafilatura.extract(html, output_format="xml", include_comments=False, include_tables=True, favor_recall=True)
    if xml is None:
        return ""
    main = ElementTree.fromstring(xml).find("main")
    blocks = [] if main is None else [block for block in _iter_blocks(main) if block[0].strip()]
    # Items and rows follow close upon each other; all else stands between blank lines.
    return "".join(text + ("\n" if tight else "\n\n") for text, tight in _mark_tight(blocks)).rstrip("\n") + "\n"


def _mark_tight(blocks: list[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Yield each block, and whether the next is an item or row of the same list or table."""
    for at, (text, _) in enumerate(blocks):
        yield text, at + 1 < len(blocks) and blocks[at + 1][1]


def _iter_blocks(element: "Element") -> Iterator[tuple[str, bool]]:
    """Yield the text of each block in order, and whether it is an item or a row."""
    yield _join_words(element), False
    for child in element:
        if child.tag == "list":
            yield from _iter_items(child)
        elif child.tag == "table":
            for row in child.iter("row"):
                yield " | ".join(filter(None, map(_join_words, row))), True
        elif child.tag in BLOCKS:
            yield from _iter_blocks(child)


def _iter_items(element: "Element") -> Iterator[tuple[str, bool]]:
    """Yield the items of a list, those of the lists within them after theirs."""
    for number, item in enumerate(element, 1):
        marker = f"{number}." if element.get("rend") == "ol" else BULLET
        text = _join_words(item)
        yield f"{marker} {text}" if text else "", True
        for child in item.iter("list"):
            if child is not item:
                yield from _iter_items(child)


def _join_words(element: "Element") -> str:
    """Return the words of an element, without those of the blocks in it."""
    words = [element.text or ""]
    for child in element:
        words += [" " if child.tag in BLOCKS | {"lb"} else _join_inline(child), child.tail or ""]
    return " ".join("".join(words).split())


def _join_inline(element: "Element") -> str:
    return "".join(element.itertext())
