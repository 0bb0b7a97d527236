"""Blocks of a page: what each line is, from its own look, its neighbours and its place.

Comes in: a `Page`. Goes out: one kind a line. A small linear model decides (trained on the annotated articles,
``models/blocks``); the features know words only through the cue tables, so that one model serves all languages.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from socialtext.models import LinearWeights
from socialtext.segment._page import HAS_ADDRESS, HAS_DATE, HAS_LEAD, HAS_SEPARATOR
from socialtext.segment.lines import AFTER_BLANK, END, LAST, MARKER_RE, MARKERS, N_STOPS, N_WORDS, SIGNS, START
from socialtext.segment.page import BIT_OF, BOILERPLATE_CUES, Page, bits_of
from socialtext.types import BlockKind

CodeArray = npt.NDArray[np.int64]

ANY_BOILERPLATE: Final = bits_of(*BOILERPLATE_CUES)
BOILERPLATE_BITS: Final = np.array([BIT_OF[cue] for cue in BOILERPLATE_CUES])
FIRST_CUES: Final = (*BOILERPLATE_CUES, "modal", "imperative", "prohibition", "support", "shift", "anaphora")
FIRST_BITS: Final = np.array([BIT_OF[cue] for cue in FIRST_CUES])
# It begins with a digit, so that a search leaps from digit to digit: 2022-05-03, 12 Mei 2022, May 12, 2022, 10:30.
DATE_RE: Final = re.compile(
    r"\d(?:\d{0,3}[-/.\u066b]\d{1,2}[-/.\u066b]\d{1,4}"
    r"|(?<=\b\d)\d?(?:\s+\w{3,10}\s*,?\s+\d{4}\b|,\s+\d{4}\b|:\d{2}\b))"
)
SEPARATOR_RE: Final = re.compile(r"\s[|>/»›·•←→\\]\s|\s-\s|&gt;|&raquo;")
ADDRESS_RE: Final = re.compile(r"https?://|www\.|@\w|\w@\w|©|\N{REGISTERED SIGN}")
ENDS: Final = ("other", "stop", "exclamation", "question", "colon", "ellipsis", "comma", "quote", "bracket")
END_MARKS: Final = {
    ".": "stop", "!": "exclamation", "?": "question", "\N{ARABIC QUESTION MARK}": "question", ":": "colon",
    "…": "ellipsis", "،": "comma", ",": "comma", "»": "quote", '"': "quote", ")": "bracket", "]": "bracket",
}  # fmt: skip
END_OF: Final = {ord(mark): ENDS.index(end) for mark, end in END_MARKS.items()}
SIZES: Final = ("short", "long")
N_WORDS_OF_SHORT: Final = 12
BUCKETS: Final = (1, 2, 3, 4, 6, 8, 10, 13, 17, 22, 30, 45)
# A short line with a date and nothing else, or with a byline: boilerplate by the guidelines, whatever its place.
DATE_OF_PAGE: Final = "date of the page"
# A heading of more words than this does not end in a full stop.
N_WORDS_OF_HEADING: Final = 10
LONG_SENTENCE: Final = "a long sentence"
LONG_SENTENCE_PENALTY: Final = 3.0
NO_SIGN: Final = "no sign of boilerplate"
NO_SIGN_PENALTY: Final = 1.5
N_WORDS_OF_TITLE: Final = (3, 15)
N_EDGE_LINES: Final = 4
N_CHARACTERS_SEEN: Final = 400
N_WORDS_OF_CONTENT: Final = 3
N_WORDS_OF_PROSE: Final = 18
N_WORDS_OF_ENTRY: Final = 14  # in a table of contents, or numbered


def _slots() -> dict[str, tuple[str, ...]]:
    """Return the names of the features by slot: of each slot a line has one feature at most."""
    flags = (
        LONG_SENTENCE, "boilerplate cue in a short line", DATE_OF_PAGE, NO_SIGN, "after a boilerplate cue after prose",
        "in a table of contents", "speaker of an interview", "after blank", "before blank",
    )  # fmt: skip
    ends = [f"{size}, {end}" for size in SIZES for end in ENDS]
    slots: dict[str, Iterable[str]] = {
        "words": [f"words={limit}" for limit in (*BUCKETS, "more")],
        "end": [f"end={end}" for end in ENDS],
        "marker": [f"marker={marker}" for marker in MARKERS],
        "stops": [f"stops={n}" for n in range(4)],
        "sentence": [f"a sentence {cued} boilerplate cue" for cued in ("without", "with")],
        "separators": [f"separators={n}/{size}" for n in (1, 2, 3) for size in SIZES],
        "from the start": [f"place={at}" for at in range(N_EDGE_LINES)],
        "from the end": [f"place={-at}" for at in range(1, N_EDGE_LINES + 1)],
        "repeats": ["repeated later", "repeats an earlier line"],
        "numbered": [f"nearest numbered line={n}" for n in (1, 2, "far")],
    }
    slots |= {name: [f"{name}/{size}" for size in SIZES] for name in ("date", "address", "before prose", "after prose")}
    slots |= {f"cue {cue}": [f"cue={cue}/{size}" for size in SIZES] for cue in BOILERPLATE_CUES}
    slots |= {f"first {cue}": [f"first={cue}/{size}" for size in SIZES] for cue in FIRST_CUES}
    slots |= {flag: [flag] for flag in flags}
    for side in ("previous", "next"):
        slots |= {
            side: [f"{side}=none", *(f"{side}={end}" for end in ends)],
            f"{side} marker": [f"{side} marker={there}, own={own}" for there in MARKERS for own in MARKERS],
            f"{side} and own": [f"{side} {there}, own {own}" for there in SIZES for own in ends],
            f"{side} cue": [f"{side} has a boilerplate cue/{size}" for size in SIZES],
        }
    return {slot: tuple(names) for slot, names in slots.items()}


SLOTS: Final = _slots()
# Column 0 stands for a slot that is empty.
NAMES: Final = ("", *(name for names in SLOTS.values() for name in names))
COLUMN_OF: Final = {name: column for column, name in enumerate(NAMES)}
ROW_OF: Final = {slot: row for row, slot in enumerate(SLOTS)}
BASES: Final = np.array([COLUMN_OF[names[0]] for names in SLOTS.values()])


def line_columns(page: Page) -> CodeArray:
    """Return the columns of the features of each line, shape (n_slots, n_lines), in the order of `SLOTS`."""
    lines, n = page.lines, len(page.lines)
    n_words = lines[:, N_WORDS]
    size = (n_words > N_WORDS_OF_SHORT).astype(np.int64)
    short = size == 0
    ends = np.array([END_OF.get(mark, 0) for mark in lines[:, LAST].tolist()], dtype=np.int64)
    cues = page.words["line_cues"]
    cued = (cues & ANY_BOILERPLATE) != 0
    n_stops = lines[:, N_STOPS]
    at = np.arange(n)
    no = np.full(n, -1, dtype=np.int64)
    found = np.full((len(SLOTS), n), -1, dtype=np.int64)

    def put(slot: str, code: Any, where: Any = True) -> None:
        """Set the feature of a slot: the code counts from the slot's first name."""
        found[ROW_OF[slot]] = np.where(where, code, no)

    put("words", np.searchsorted(BUCKETS, n_words))
    put("end", ends)
    put("marker", page.markers)
    put("stops", np.minimum(n_stops, 3))
    full = (n_words >= 8) & ((ends == 1) | (ends == 2) | (ends == 3))
    put("sentence", cued.astype(np.int64), full)
    put(LONG_SENTENCE, 0, (n_words > N_WORDS_OF_HEADING) & (ends == 1))
    put("boilerplate cue in a short line", 0, cued & short & (ends != 1))
    dated, n_separators, addressed = _search_lines(page)
    put("date", size, dated)
    put(DATE_OF_PAGE, 0, dated & short & ((n_words <= 4) | ((cues & bits_of("byline", "tags")) != 0)))
    put("separators", (np.minimum(n_separators, 3) - 1) * 2 + size, n_separators > 0)
    put("address", size, addressed)
    # «Gambar Adalah Kunci» is no caption, «Gambar 2: …» is.
    uncaptioned = np.where(lines[:, SIGNS] & HAS_LEAD, cues, cues & ~BIT_OF["caption"])
    signed = (uncaptioned & ANY_BOILERPLATE) != 0
    put(NO_SIGN, 0, ~signed & ~dated & (n_separators == 0) & ~addressed)
    put("from the start", at, at < N_EDGE_LINES)
    put("from the end", n - at - 1, n - at <= N_EDGE_LINES)
    prose = np.flatnonzero((n_words >= N_WORDS_OF_PROSE) & (n_stops > 0))
    first_prose, last_prose = (prose[0], prose[-1]) if len(prose) else (0, n - 1)
    put("before prose", size, at < first_prose)
    put("after prose", size, at > last_prose)
    put("after a boilerplate cue after prose", 0, np.logical_or.accumulate((at > last_prose) & short & cued))
    put("in a table of contents", 0, _find_toc_zone(page))
    repeats, speaks = _compare_lines(page)
    put("repeats", repeats)
    put("speaker of an interview", 0, speaks)
    numbered = np.flatnonzero((page.markers == 2) & (n_words <= N_WORDS_OF_ENTRY))
    nearest = no.copy()
    gaps = np.diff(numbered, prepend=-9, append=n + 9)
    nearest[numbered] = np.minimum(np.minimum(gaps[:-1], gaps[1:]), 3) - 1
    put("numbered", nearest)
    after_blank = lines[:, AFTER_BLANK] != 0
    put("after blank", 0, after_blank)
    put("before blank", 0, np.append(after_blank[1:], False))
    first = page.words["line_first"]
    for slot, masks, bits in (("cue", cues, BOILERPLATE_BITS), ("first", first, FIRST_BITS)):
        row = ROW_OF[f"{slot} {BOILERPLATE_CUES[0]}"]
        found[row : row + len(bits)] = np.where(masks & bits[:, None], size, no)
    for side, step in (("previous", -1), ("next", 1)):
        there = at + step
        within = (there >= 0) & (there < n)
        other = np.where(within, there, 0)
        put(side, np.where(within, 1 + size[other] * len(ENDS) + ends[other], 0))
        put(f"{side} marker", page.markers[other] * len(MARKERS) + page.markers, within)
        put(f"{side} and own", (size[other] * 2 + size) * len(ENDS) + ends, within)
        put(f"{side} cue", size, within & short[other] & cued[other])
    return np.where(found >= 0, found + BASES[:, None], 0)


def _search_lines(page: Page) -> tuple[npt.NDArray[np.bool_], CodeArray, npt.NDArray[np.bool_]]:
    """Return for each line whether it has a date, how many separators, whether it has an address."""
    raw, lines = page.raw, page.lines
    dated = np.zeros(len(lines), dtype=bool)
    addressed = dated.copy()
    n_separators = np.zeros(len(lines), dtype=np.int64)
    spans = lines[:, [START, END, SIGNS]].tolist()
    for at, (start, end, signs) in enumerate(spans):
        if signs & HAS_DATE:
            dated[at] = DATE_RE.search(raw, start, end) is not None
        if signs & HAS_SEPARATOR:
            n_separators[at] = len(SEPARATOR_RE.findall(raw, start, end))
        if signs & HAS_ADDRESS:
            addressed[at] = ADDRESS_RE.search(raw, start, end) is not None
    return dated, n_separators, addressed


def _compare_lines(page: Page) -> tuple[CodeArray, npt.NDArray[np.bool_]]:
    """Return whether each line is repeated later (0) or repeats one (1) or neither (-1), and whether it speaks.

    A heading and its entry in the table of contents have their words in common, not their marks.
    """
    repeats = np.full(len(page.lines), -1, dtype=np.int64)
    last_of: dict[str, int] = {}
    n_of: Counter[str] = Counter()
    keys, speakers = [], []
    for at, (folded, marker) in enumerate(zip(page.folded, page.markers.tolist(), strict=True)):
        text = folded[:N_CHARACTERS_SEEN]
        key = (MARKER_RE.sub("", text, count=1) if marker else text).strip(" .:؟?!-")
        keys.append(key)
        n_of[key] += 1
        last_of[key] = at
        speaker, colon, _ = text.partition(":")
        speakers.append(speaker if colon and len(speaker.split()) <= 4 else "")
    for at, key in enumerate(keys):
        if n_of[key] > 1:
            repeats[at] = 0 if at < last_of[key] else 1
    n_lines_of = Counter(speakers)
    return repeats, np.array([bool(speaker) and n_lines_of[speaker] > 2 for speaker in speakers], dtype=bool)


def _find_toc_zone(page: Page) -> npt.NDArray[np.bool_]:
    """Lines of a table of contents: short ones after its title, up to the first that is long."""
    n_words, n_stops = page.lines[:, N_WORDS], page.lines[:, N_STOPS]
    zone = np.zeros(len(n_words), dtype=bool)
    titles = np.flatnonzero((n_words <= 5) & ((page.words["line_cues"] & BIT_OF["toc"]) != 0))
    if len(titles):
        ends = np.append(np.flatnonzero((n_words > N_WORDS_OF_ENTRY) | (n_stops > 0)), len(n_words))
        for title in titles.tolist():
            # The last short line before prose is the heading of the first section.
            zone[title + 1 : ends[np.searchsorted(ends, title + 1)] - 1] = True
    return zone


def _put_title(kinds: list[BlockKind], page: Page, columns: CodeArray) -> list[BlockKind]:
    """Make a line that was taken for boilerplate the heading that the content wants above it.

    A title is neither short nor long, is no sentence and shows no sign of boilerplate.
    """
    least, most = N_WORDS_OF_TITLE
    n_words = page.lines[:, N_WORDS]
    stops = columns[ROW_OF["end"]] == COLUMN_OF["end=stop"]
    may_be = (columns[ROW_OF[NO_SIGN]] != 0) & (n_words >= least) & (n_words <= most) & ~stops
    if kinds[0] == "boilerplate" and may_be[0]:
        kinds[0] = "heading"
    content = next((at for at, kind in enumerate(kinds) if kind in ("paragraph", "list_item")), 0)
    if "heading" not in kinds[:content] and may_be[:content].any():
        kinds[int(np.flatnonzero(may_be[:content])[-1])] = "heading"
    return kinds


class LineClassifier:
    """Choose the kinds of the lines of a page with a linear model.

    Parameters
    ----------
    model : LinearWeights
    """

    def __init__(self, model: LinearWeights) -> None:
        self._kinds: list[BlockKind] = list(model.classes)  # type: ignore[arg-type]
        self._intercepts = model.intercepts
        self._weights = np.zeros((len(NAMES), len(self._kinds)))
        for name, row in model.index.items():
            self._weights[COLUMN_OF[name]] = model.weights[row]

    def choose(self, page: Page) -> list[BlockKind]:
        """Return the kind of each line: by rule where the guidelines are exact, else by the model and its costs.

        A page has a title: its first line, or the last that may be one before the content where no heading stands.
        It is not made of headings and boilerplate alone: where the model sees no content, lines that are long
        enough to say something are paragraphs.
        """
        if not len(page.lines):
            return []
        columns = line_columns(page)
        kinds = _put_title(self.choose_from(columns), page, columns)
        if not {"paragraph", "list_item"} & set(kinds):
            long = (page.lines[:, N_WORDS] >= N_WORDS_OF_CONTENT).tolist()
            kinds = ["paragraph" if enough else kind for kind, enough in zip(kinds, long, strict=True)]
        return kinds

    def choose_from(self, columns: CodeArray) -> list[BlockKind]:
        """Return the kinds of lines from the columns of their features."""
        margins = self._weights[columns].sum(axis=0) + self._intercepts
        boilerplate, heading = self._kinds.index("boilerplate"), self._kinds.index("heading")
        margins[_has(columns, LONG_SENTENCE), heading] -= LONG_SENTENCE_PENALTY
        # «For example, X does this:» announces what follows and heads nothing.
        announces = _has(columns, "first support") & (columns[ROW_OF["end"]] == COLUMN_OF["end=colon"])
        margins[announces, heading] -= LONG_SENTENCE_PENALTY
        # Neither its words nor its place speak for boilerplate: to take content for it would lose the content.
        placed = (
            _has(columns, "in a table of contents")
            | _has(columns, "after a boilerplate cue after prose")
            | (columns[ROW_OF["repeats"]] == COLUMN_OF["repeated later"])
            | (columns[ROW_OF["after prose"]] == COLUMN_OF["after prose/short"])
        )
        margins[_has(columns, NO_SIGN) & ~placed, boilerplate] -= NO_SIGN_PENALTY
        margins[_has(columns, DATE_OF_PAGE), boilerplate] = np.inf
        return [self._kinds[kind] for kind in margins.argmax(axis=1).tolist()]


def _has(columns: CodeArray, slot: str) -> npt.NDArray[np.bool_]:
    """Whether each line has a feature of a slot."""
    return np.asarray(columns[ROW_OF[slot]] != 0)
