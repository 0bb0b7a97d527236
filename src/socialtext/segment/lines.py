"""The lines of a raw text, and the marker that one may begin with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LINE_RE: Final = re.compile("([^\n\r\x0b\x0c\x85\u2028\u2029]*)(\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]|$)")
# Space and invisible characters at the edges of a line belong to no block.
CONTENT_RE: Final = re.compile(
    "[^\\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x1f]"
    "(?:.*[^\\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x1f])?"
)
# A marker in three digit systems: bullet, dash with a space, pictograph, number or single letter.
MARKER_RE: Final = re.compile(
    r"(?P<bullet>[•◦▪▫‣⁃●○■□◆◇★☆✓✔✅✗☑➤➜►▶→·∙*+]\s*(?=\w)|[-\N{EN DASH}\N{EM DASH}\u0640]\s+"
    r"|[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?\s+)"
    r"|(?P<number>\(?\d{1,2}(?:\ufe0f?\u20e3|\s*[.):/\-\N{EN DASH}\u0640]\)?)(?!\d)\s*(?=\w))"
    r"|(?P<letter>\(?[A-Za-z\u0627\u0623\u0628\u062a\u062c\u062f\u067e\u0647\u0633]\d?(?:[.)]|\s?[-):])\s+(?=\w))"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank, without the space at its edges: ``raw[start:end]``."""

    start: int
    end: int
    text: str
    after_blank: bool


def iter_lines(raw: str) -> Iterator[Line]:
    """Yield the lines that hold more than space and invisible characters."""
    after_blank = False
    for match in LINE_RE.finditer(raw):
        content = CONTENT_RE.search(match[1])
        if content is None:
            after_blank = True
            continue
        start = match.start() + content.start()
        yield Line(start, start + len(content[0]), content[0], after_blank)
        after_blank = False
