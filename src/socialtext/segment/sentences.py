"""Sentences of a block, in raw offsets.

Comes in: raw text of one paragraph, heading or list item, and the abbreviations of its language. Goes out: spans
that leave out only the space between them. It keeps no state from one stop to the next but the start of the
sentence, so one unbalanced quote cannot swallow what follows.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

STOP_RE: Final = re.compile(
    "(?P<stops>[.!?\N{ARABIC QUESTION MARK}\N{ARABIC FULL STOP}\N{HORIZONTAL ELLIPSIS}]+)(?P<closers>[\"'”’»)\\]}›]*)"
)
# A stop that stands alone, or a leftover entity, belongs to the sentence before it.
STRAY_STOP_RE: Final = re.compile(r"(?:\s+\.+(?=\s|$)|&nbsp;)+")
WORD_BEFORE_RE: Final = re.compile(r"(?:\w\.)*[\w\u200c]+$")
LATIN_RE: Final = re.compile("[A-Za-z\u00c0-\u024f]")
ARABIC_RE: Final = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff]")
GLUED_ARABIC_RE: Final = re.compile("[\u0620-\u064a\u066e-\u06d3]{2}")
GLUED_LATIN_RE: Final = re.compile("[\"'“‘(]?[A-Z\u00c0-\u00de][a-z]")
INITIAL_RE: Final = re.compile(r"\w\.\s")
SPACE_RE: Final = re.compile(r"(?:\s|&nbsp;)+")
OPENER_OF: Final = {"”": "“", "’": "‘", "»": "«", ")": "(", "]": "[", "}": "{", "›": "‹"}
OPENERS: Final = "\"'“‘«(["
# What goes on with a sentence after an ellipsis: a conjunction.
CONJUNCTION_RE: Final = re.compile("(?:و|یا|یعنی|أو|dan|atau)\\b|[و][\u0620-\u064a]{2}")
CLOSERS_AND_SIGNS: Final = ')]}»”"%٪'
N_CHARACTERS_SEEN: Final = 300
N_WORDS_BEFORE_ELLIPSIS: Final = 4


def iter_sentences(raw: str, start: int, end: int, abbreviations: Mapping[str, bool]) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences of ``raw[start:end]``.

    Parameters
    ----------
    raw : str
    start, end : int
        The block.
    abbreviations : dict of str to bool
        Lower-case form without its final stop, and whether it may close a sentence.
    """
    begin = _skip_space(raw, start, end)
    for match in STOP_RE.finditer(raw, start, end):
        if match.start() < begin:
            continue
        if not _ends_sentence(raw, begin, end, match, abbreviations):
            continue
        stray = STRAY_STOP_RE.match(raw, match.end(), end)
        stop = stray.end() if stray else match.end()
        yield begin, stop
        begin = _skip_space(raw, stop, end)
    if begin < end:
        yield begin, begin + len(raw[begin:end].rstrip())


def _skip_space(raw: str, at: int, end: int) -> int:
    space = SPACE_RE.match(raw, at, end)
    return space.end() if space else at


def _ends_sentence(raw: str, begin: int, end: int, match: "re.Match[str]", abbreviations: Mapping[str, bool]) -> bool:
    stops = match["stops"]
    at = match.end()
    if at >= end or _skip_space(raw, at, end) == end:
        return True
    # A sentence and what follows are looked at so far and no farther: a block of any length costs its length.
    end = min(end, at + N_CHARACTERS_SEEN)
    before = raw[max(begin, match.start() - N_CHARACTERS_SEEN) : match.start()]
    if not before.strip():
        return False  # the sentence would be nothing but marks
    is_full_stop = stops == "."
    if not raw[at].isspace() and not raw.startswith("&nbsp;", at):
        return _is_glued_stop(raw, at, end, before, match)
    following = raw[_skip_space(raw, at, end) : end]
    # The letter that begins what follows, past quotes and brackets.
    first = following.lstrip(OPENERS)[:1]
    if not first or following[0] in ",;:،؛)]}»":
        return False
    if is_full_stop and not match["closers"]:
        word = WORD_BEFORE_RE.search(before)
        if word is not None:
            form = word[0].lower()
            if before.strip() == word[0] and (form.isdigit() or len(form) == 1):
                return False  # a list marker
            if form in abbreviations:
                return abbreviations[form] and not first.islower()
            if word[0].isupper() and all(len(part) == 1 for part in word[0].split(".")):
                return False  # initials
            if len(form) == 1 and ARABIC_RE.match(form) and INITIAL_RE.match(following):
                return False  # «ا. ب. حسینی»
    if first.islower() and LATIN_RE.match(first):
        # Latin prose goes on in lower case; a lower-case brand may begin a sentence after one in Arabic script.
        return bool(ARABIC_RE.match(before.rstrip("\"'”’»)]} ")[-1:])) and not match["closers"]
    if stops in ("…", "..") or stops.startswith("..."):
        if LATIN_RE.match(first):
            return first.isupper()
        return len(before.split()) >= N_WORDS_BEFORE_ELLIPSIS and not CONJUNCTION_RE.match(following)
    return not match["closers"] or LATIN_RE.match(first) is not None or not _is_inserted(before, match["closers"][0])


def _is_inserted(before: str, closer: str) -> bool:
    """Whether a quotation or bracket that ends in a stop stands within a sentence: «(!)», «می‌پرسد «چند؟» و …»."""
    opener = before.rfind(OPENER_OF.get(closer, closer))
    lead = before[:opener].rstrip() if opener >= 0 else ""
    return bool(lead) and not lead.endswith(":")


def _is_glued_stop(raw: str, at: int, end: int, before: str, match: "re.Match[str]") -> bool:
    """Whether a sentence ends at a stop that has no space after it: «این.واین», ``selesai.Lalu``."""
    last = before[-1:]
    if ARABIC_RE.match(last) or last in "\u064b\u064c\u064d\u0654":
        words = WORD_BEFORE_RE.search(before)
        if not GLUED_ARABIC_RE.match(raw, at, end) and not GLUED_LATIN_RE.match(raw, at, end):
            return False
        return words is not None and len(words[0]) > 1 and "." not in words[0]
    glued = GLUED_ARABIC_RE.match(raw, at, end) or GLUED_LATIN_RE.match(raw, at, end)
    if last.islower() and GLUED_LATIN_RE.match(raw, at, end):
        return len(before) > 1 and before[-2].isalpha()
    if last.isdigit():
        return glued is not None and len(before.split()) > 1
    return glued is not None and (last in CLOSERS_AND_SIGNS or (match["closers"] != "" and match["stops"] != "…"))
