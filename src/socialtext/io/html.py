"""HTML pages to plain text: the main content, a block a line, with its headings and list items.

Comes in: the text of an HTML page. Goes out: lines, headings between blank lines, list items behind a bullet or number,
and the blocks of both, for what a page marks up need not be guessed. trafilatura finds the content and drops
navigation, comments and footers. From here on a page takes the road of plain text, and offsets refer to the text that
is returned here.
"""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from socialtext.errors import MissingExtraError
from socialtext.types import Block, BlockKind

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # that of lxml is one to the type checker

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


class Line(NamedTuple):
    """A line of the page: its text, whether it is an item or row close upon the one before, and the kind, if known."""

    text: str
    is_tight: bool
    kind: BlockKind | None


def extract_page(html: str) -> tuple[str, tuple[Block, ...]]:
    """Return the content of an HTML page as plain text, empty where the page has none, and its headings and list items.

    Raises
    ------
    MissingExtraError
        ST620 trafilatura is not installed.
    """
    try:
        import trafilatura
    except ImportError as error:
        raise MissingExtraError("ST620", MISSING) from error
    page = trafilatura.load_html(html)
    titles = [] if page is None else [_join_inline_words(title) for title in page.iter("h1")]
    # Its element tree, for the texts that it writes have lost their half-spaces.
    content = None if page is None else trafilatura.bare_extraction(page, include_comments=False, favor_recall=True)
    body = getattr(content, "body", None)
    if body is None:
        return "", ()
    lines = [line for line in _iter_lines(body) if line.text]
    # The one title of a page may stand outside of what is taken for its content.
    if lines and len(titles) == 1 and titles[0] and titles[0] not in [line.text for line in lines]:
        lines.insert(0, Line(titles[0], False, "heading"))
    return _join_lines(lines)


def _join_lines(lines: list[Line]) -> tuple[str, tuple[Block, ...]]:
    """Return the text of lines and their blocks; items and rows stand close together, all else between blank lines."""
    pieces: list[str] = []
    blocks: list[Block] = []
    at = 0
    for line in lines:
        before = "\n" if line.is_tight else "\n\n"
        if pieces:
            pieces.append(before)
            at += len(before)
        pieces.append(line.text)
        if line.kind:
            blocks.append(Block(at, at + len(line.text), line.kind))
        at += len(line.text)
    return "".join([*pieces, "\n"]), tuple(blocks)


def _iter_lines(element: "Element") -> Iterator[Line]:
    """Yield the lines of an element and of the blocks in it, in order."""
    yield Line(_join_words(element), False, "heading" if element.tag == "head" else None)
    for child in element:
        if child.tag == "list":
            yield from _iter_items(child)
        elif child.tag == "table":
            for row in child.iter("row"):
                yield Line(" | ".join(filter(None, map(_join_words, row))), True, None)
        elif child.tag in BLOCKS:
            yield from _iter_lines(child)


def _iter_items(element: "Element") -> Iterator[Line]:
    """Yield the items of a list, those of the lists within them after theirs."""
    for number, item in enumerate(element, 1):
        marker = f"{number}." if element.get("rend") == "ol" else BULLET
        text = _join_words(item)
        yield Line(f"{marker} {text}" if text else "", True, "list_item")
        for child in item.iter("list"):
            if child is not item:
                yield from _iter_items(child)


def _join_words(element: "Element") -> str:
    """Return the words of an element, without those of the blocks in it."""
    words = [element.text or ""]
    for child in element:
        words += [" " if child.tag in BLOCKS | {"lb"} else _join_inline(child), child.tail or ""]
    return " ".join("".join(words).split())


def _join_inline_words(element: "Element") -> str:
    return " ".join(_join_inline(element).split())


def _join_inline(element: "Element") -> str:
    return "".join(element.itertext())
