"""The report as one HTML file: the templates beside this module, filled with the content of a corpus.

The page asks nothing of the network, and its own policy forbids it: the one script that may run is named by its
digest. Content is compressed JSON in base64, which the browser unpacks: a fourth of the size, and no character in it
that HTML could take for markup. The page writes it as text only.

Charts come as drawings (see `socialtext.report.charts`): the scripts of a chart library would be as large as three
thousand units and want a policy that lets them compile code.
"""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any, Final

from socialtext.io.files import write_whole

SUFFIXES: Final = (".html", ".htm")
_FIELD_RE: Final = re.compile(r"{{(\w+)}}")


def render_page(content: Mapping[str, Any], charts: str = "") -> str:
    """Return the page that shows a content (see `build_content`) with its charts (see `draw_charts`)."""
    folder = files("socialtext.report")
    page, style, script = ((folder / f"page.{ending}").read_text(encoding="utf-8") for ending in ("html", "css", "js"))
    # Lone surrogates of ids and rejects are left to JSON, which can write them.
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    values = {
        "title": escape(f"{content['source']}: socialtext report"),
        "style": style,
        "script": script,
        "digest": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "charts": charts,
        "content": base64.b64encode(zlib.compress(data, 9)).decode(),
    }
    return _FIELD_RE.sub(lambda field: values[field[1]], page)


def write_page(target: str, page: str) -> int:
    """Write a page under its name when it is whole; return its size in bytes.

    Raises
    ------
    OutputError
        ST402 it cannot be written.
    """
    data = page.encode("utf-8", "replace")
    write_whole(target, data)
    return len(data)
