"""Blocks of a page: what each line is, from its own look, its neighbours and its place.

Comes in: the lines of a raw text and the cues of its language. Goes out: one kind a line. A small linear model
decides (trained on the annotated articles, ``models/blocks``); the features know words only through the cue tables,
so that one model serves all languages.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from socialtext.cues import WORD_RE, CueMatcher
from socialtext.segment.lines import MARKER_RE, Line
from socialtext.types import Block, BlockKind

BOILERPLATE_CUES: Final = frozenset(
    {
        "comment",
        "share",
        "related",
        "newsletter",
        "toc",
        "byline",
        "caption",
        "cookie",
        "navigation",
        "tags",
        "contact",
    }
)
DATE_RE: Final = re.compile(
    r"\d{1,4}[-/.\u066b]\d{1,2}[-/.\u066b]\d{1,4}"
    r"|\b\d{1,2}\s+\w{3,10}\s*,?\s+\d{4}\b|\b\w{3,10}\s+\d{1,2},\s+\d{4}\b|\b\d{1,2}:\d{2}\b"
)
SEPARATOR_RE: Final = re.compile(r"\s[|>/»›·•←→\\]\s|\s-\s|&gt;|&raquo;")
ADDRESS_RE: Final = re.compile(r"https?://|www\.|@\w|\w@\w|©|\N{REGISTERED SIGN}")
CAPTION_RE: Final = re.compile(r"[:\d]")
N_CAPTION_LEAD: Final = 20
SIGNS: Final = ("date", "separators", "address")
NO_SIGN: Final = "no sign of boilerplate"
# Places where a line is boilerplate although nothing in it says so.
BOILERPLATE_PLACES: Final = frozenset(
    {"in a table of contents", "repeated later", "after a boilerplate cue after prose", "after prose/short"}
)
END_MARKS: Final = {
    ".": "stop", "!": "exclamation", "?": "question", "\N{ARABIC QUESTION MARK}": "question", ":": "colon",
    "…": "ellipsis", "،": "comma", ",": "comma", "»": "quote", '"': "quote", ")": "bracket", "]": "bracket",
}  # fmt: skip
# A short line with a date and nothing else, or with a byline: boilerplate by the guidelines, whatever its place.
DATE_OF_PAGE: Final = "date of the page"
# A heading of more words than this does not end in a full stop.
N_WORDS_OF_HEADING: Final = 10
LONG_SENTENCE: Final = "a long sentence"
LONG_SENTENCE_PENALTY: Final = 3.0
NO_SIGN_PENALTY: Final = 1.5
N_EDGE_LINES: Final = 4
N_CHARACTERS_SEEN: Final = 400
N_WORDS_OF_CONTENT: Final = 3


class _Look:
    """What is seen of one line alone."""

    __slots__ = ("cues", "end_mark", "first_cues", "key", "marker", "n_stops", "n_words", "speaker")

    def __init__(self, line: Line, matcher: CueMatcher, fold: Callable[[str], str]) -> None:
        folded = fold(line.text[:N_CHARACTERS_SEEN])
        words = WORD_RE.findall(folded)
        self.n_words = len(line.text.split())
        found = matcher.find(words[:60])
        self.cues = {kind for _, kind in found}
        self.first_cues = {kind for at, kind in found if at == 0}
        match = MARKER_RE.match(line.text)
        self.marker = match.lastgroup if match else None
        # What a heading and its entry in the table of contents have in common.
        self.key = MARKER_RE.sub("", folded, count=1).strip(" .:؟?!-")
        speaker, colon, _ = folded.partition(":")
        self.speaker = speaker if colon and len(speaker.split()) <= 4 else None
        self.end_mark = END_MARKS.get(line.text[-1], "other")
        self.n_stops = len(re.findall(r"[.!?؟…](?:\s|$)", line.text))


def _bucket(n: int) -> str:
    for limit in (1, 2, 3, 4, 6, 8, 10, 13, 17, 22, 30, 45):
        if n <= limit:
            return str(limit)
    return "more"


def line_features(lines: Sequence[Line], matcher: CueMatcher, fold: Callable[[str], str]) -> list[dict[str, float]]:
    """Return the features of each line, by name."""
    looks = [_Look(line, matcher, fold) for line in lines]
    n = len(lines)
    long_lines = [at for at, look in enumerate(looks) if look.n_words >= 18 and look.n_stops]
    first_long, last_long = (long_lines[0], long_lines[-1]) if long_lines else (0, n - 1)
    places: dict[str, list[int]] = {}
    for at, look in enumerate(looks):
        places.setdefault(look.key, []).append(at)
    toc_zone = _find_toc_zone(looks)
    speakers = Counter(look.speaker for look in looks)
    numbered = [at for at, look in enumerate(looks) if look.marker == "number" and look.n_words <= 14]
    trailing_cue = False
    features = []
    for at, (line, look) in enumerate(zip(lines, looks, strict=True)):
        own: dict[str, float] = {
            f"words={_bucket(look.n_words)}": 1.0,
            f"end={look.end_mark}": 1.0,
            f"marker={look.marker}": 1.0,
            f"stops={min(look.n_stops, 3)}": 1.0,
        }
        short = look.n_words <= 12
        size = "short" if short else "long"
        for cue in look.cues & BOILERPLATE_CUES:
            own[f"cue={cue}/{size}"] = 1.0
        for cue in look.first_cues & BOILERPLATE_CUES:
            own[f"first={cue}/{size}"] = 1.0
        for cue in look.first_cues & {"modal", "imperative", "prohibition", "support", "shift", "anaphora"}:
            own[f"first={cue}/{size}"] = 1.0
        if look.n_words > N_WORDS_OF_HEADING and look.end_mark == "stop":
            own[LONG_SENTENCE] = 1.0
        if look.n_words >= 8 and look.end_mark in ("stop", "question", "exclamation"):
            cued = "with" if look.cues & BOILERPLATE_CUES else "without"
            own[f"a sentence {cued} boilerplate cue"] = 1.0
        if look.cues & BOILERPLATE_CUES and short and look.end_mark not in ("stop",):
            own["boilerplate cue in a short line"] = 1.0
        if DATE_RE.search(line.text):
            own[f"date/{size}"] = 1.0
            if short and (look.n_words <= 4 or look.cues & {"byline", "tags"}):
                own[DATE_OF_PAGE] = 1.0
        if SEPARATOR_RE.search(line.text):
            own[f"separators={min(len(SEPARATOR_RE.findall(line.text)), 3)}/{size}"] = 1.0
        if ADDRESS_RE.search(line.text):
            own[f"address/{size}"] = 1.0
        signs = look.cues & BOILERPLATE_CUES
        if "caption" in signs and not CAPTION_RE.search(line.text[:N_CAPTION_LEAD]):
            signs = signs - {"caption"}  # «Gambar Adalah Kunci» is no caption, «Gambar 2: …» is
        if not signs and not any(name.startswith(SIGNS) for name in own):
            own[NO_SIGN] = 1.0
        if at < N_EDGE_LINES:
            own[f"place={at}"] = 1.0
        if n - at <= N_EDGE_LINES:
            own[f"place={at - n}"] = 1.0
        if at < first_long:
            own[f"before prose/{size}"] = 1.0
        if at > last_long:
            own[f"after prose/{size}"] = 1.0
            trailing_cue = trailing_cue or bool(short and look.cues & BOILERPLATE_CUES)
            if trailing_cue:
                own["after a boilerplate cue after prose"] = 1.0
        if at in toc_zone:
            own["in a table of contents"] = 1.0
        repeats = places[look.key]
        if len(repeats) > 1:
            own["repeated later" if at < repeats[-1] else "repeats an earlier line"] = 1.0
        if look.speaker and speakers[look.speaker] > 2:
            own["speaker of an interview"] = 1.0
        if look.marker == "number" and at in numbered:
            others = [abs(at - other) for other in numbered if other != at]
            own[f"nearest numbered line={min(others, default=9) if min(others, default=9) <= 2 else 'far'}"] = 1.0
        if line.after_blank:
            own["after blank"] = 1.0
        if at + 1 < n and lines[at + 1].after_blank:
            own["before blank"] = 1.0
        for name, other in (("previous", at - 1), ("next", at + 1)):
            if 0 <= other < n:
                there = looks[other]
                kind = "short" if there.n_words <= 12 else "long"
                own[f"{name}={kind}, {there.end_mark}"] = 1.0
                own[f"{name} marker={there.marker}, own={look.marker}"] = 1.0
                own[f"{name} {kind}, own {size}, {look.end_mark}"] = 1.0
                if kind == "short" and there.cues & BOILERPLATE_CUES:
                    own[f"{name} has a boilerplate cue/{size}"] = 1.0
            else:
                own[f"{name}=none"] = 1.0
        features.append(own)
    return features


def _find_toc_zone(looks: Sequence[_Look]) -> set[int]:
    """Lines of a table of contents: short ones after its title, up to the first that is long."""
    zone: set[int] = set()
    for at, look in enumerate(looks):
        if look.n_words <= 5 and "toc" in look.cues:
            following = at + 1
            while following < len(looks) and looks[following].n_words <= 14 and not looks[following].n_stops:
                following += 1
            # The last short line before prose is the heading of the first section.
            zone.update(range(at + 1, following - 1))
    return zone


class KindModel(Protocol):
    """A model that gives a margin for each kind."""

    @property
    def classes(self) -> Sequence[str]:
        """Kinds, in the order of the margins."""
        ...

    def decide(self, features: Mapping[str, float], /) -> npt.NDArray[np.floating[Any]]:
        """Return the margin of each kind."""
        ...


def choose_kind(features: Mapping[str, float], model: KindModel) -> BlockKind:
    """Return the kind of a line: by rule where the guidelines are exact, else by the model and its costs."""
    if DATE_OF_PAGE in features:
        return "boilerplate"
    margins = model.decide(features).copy()
    if LONG_SENTENCE in features:
        margins[model.classes.index("heading")] -= LONG_SENTENCE_PENALTY
    if NO_SIGN in features and not BOILERPLATE_PLACES & features.keys():
        # Neither its words nor its place speak for boilerplate: to take content for it would lose the content.
        margins[model.classes.index("boilerplate")] -= NO_SIGN_PENALTY
    return model.classes[int(margins.argmax())]  # type: ignore[return-value]


def find_blocks(
    lines: Sequence[Line], matcher: CueMatcher, fold: Callable[[str], str], model: KindModel
) -> list[Block]:
    """Return one block a line, with the kind that the model prefers.

    A page is not made of headings and boilerplate alone: where the model sees no content, lines that are long enough
    to say something are paragraphs.
    """
    kinds = [choose_kind(features, model) for features in line_features(lines, matcher, fold)]
    if not {"paragraph", "list_item"} & set(kinds):
        kinds = [
            "paragraph" if len(line.text.split()) >= N_WORDS_OF_CONTENT else kind
            for line, kind in zip(lines, kinds, strict=True)
        ]
    return [Block(line.start, line.end, kind) for line, kind in zip(lines, kinds, strict=True)]
