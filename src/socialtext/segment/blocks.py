"""Blocks of a page: what each line is, from its own look, its neighbours and its place.

Comes in: a `Page`. Goes out: one kind a line. A small linear model decides (trained on the annotated articles,
``models/blocks``); the features know words only through the cue tables, so that one model serves all languages.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from socialtext.languages.load import load_words
from socialtext.models import LinearWeights
from socialtext.segment._blocks import LineColumns
from socialtext.segment.lines import MARKER_RE, MARKERS, N_WORDS, START
from socialtext.segment.page import BIT_OF, BOILERPLATE_CUES, Page, bits_of
from socialtext.types import LANGUAGES, Block, BlockKind

CodeArray = npt.NDArray[np.int64]

FIRST_CUES: Final = (*BOILERPLATE_CUES, "modal", "imperative", "prohibition", "support", "shift", "anaphora")
# It begins with a digit, so that a search leaps from digit to digit: 2022-05-03, 12 Mei 2022, May 12, 2022, 10:30.
DATE_RE: Final = re.compile(
    r"\d(?:\d{0,3}[-/.\u066b]\d{1,2}[-/.\u066b]\d{1,4}"
    r"|(?<=\b\d)\d?(?:\s+\w{3,10}\s*,?\s+\d{4}\b|,\s+\d{4}\b|:\d{2}\b))"
)
SEPARATOR_RE: Final = re.compile(r"\s[|>/»›·•←→\\]\s|\s-\s|&gt;|&raquo;")
ADDRESS_RE: Final = re.compile(r"https?://|www\.|@\w|\w@\w|©|\N{REGISTERED SIGN}")


def _any_of(kind: str) -> str:
    """Return the pattern of the words of a kind, of all languages."""
    forms = {form for lang in LANGUAGES for form in load_words(lang).get(kind, ())}
    return f"(?:{'|'.join(map(re.escape, sorted(forms)))})"


# A line that counts what readers did, pages or posts, or is a month: «3 komentar», «شريحة 2», «#5», «مهر ۱۴۰۱».
COUNTER_RE: Final = re.compile(
    rf"\W*(?:[\d.,٬]+\s+{_any_of('counter')}|{_any_of('counter')}\s*[:(]?\s*[\d.,٬/]+(?:\s+\w+)?"
    rf"|{_any_of('month')}\s+\d{{4}})\W*|#\d+",
    re.IGNORECASE,
)
ENDS: Final = ("other", "stop", "exclamation", "question", "colon", "ellipsis", "comma", "quote", "bracket")
END_MARKS: Final = {
    ".": "stop", "!": "exclamation", "?": "question", "\N{ARABIC QUESTION MARK}": "question", ":": "colon",
    "…": "ellipsis", "،": "comma", ",": "comma", "»": "quote", '"': "quote", ")": "bracket", "]": "bracket",
}  # fmt: skip
END_OF: Final = {ord(mark): ENDS.index(end) for mark, end in END_MARKS.items()}
SIZES: Final = ("short", "long")
BUCKETS: Final = (1, 2, 3, 4, 6, 8, 10, 13, 17, 22, 30, 45)
# A short line with a date and nothing else, or with a byline: boilerplate by the guidelines, whatever its place.
DATE_OF_PAGE: Final = "date of the page"
LONG_SENTENCE: Final = "a long sentence"
LONG_SENTENCE_PENALTY: Final = 3.0
NO_SIGN: Final = "no sign of boilerplate"
NO_SIGN_PENALTY: Final = 1.75
# Who wrote a page knows what is a heading of it; of boilerplate there must be strong signs.
MARKED_UP_PENALTY: Final = 2.0
N_EDGE_LINES: Final = 4
N_WORDS_OF_CONTENT: Final = 3
SIDES: Final = ("previous", "next", "last but one", "next but one")
# How many of the longer lines of a page end in a stop, and of how many lines it is.
SHARES: Final = ("few", "some", "most")
LENGTHS: Final = ("far shorter", "shorter", "no longer", "longer")
PAGES: Final = ("a piece", "a short page", "a middling page", "a long page")
# By which the items of lists are lettered; Arabic ones by the old order of the letters or the present one.
ALPHABETS: Final = ("abcdefghijklmnopqrstuvwxyz", "أبجده", "ابجده", "أبت", "ابت", "ابپت")


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
        "words and stops of the page": [
            f"words={limit}, {share} lines with stops" for limit in (*BUCKETS, "more") for share in SHARES
        ],
        "size of the page": [f"on {page}/{size}" for page in PAGES for size in SIZES],
        "from the start of a page": [f"place={at} of {page}" for at in range(N_EDGE_LINES) for page in PAGES],
        "from the end of a page": [f"place={-at} of {page}" for at in range(1, N_EDGE_LINES + 1) for page in PAGES],
        "introduction of a list": [f"{n} words before a list" for n in ("few", "more")],
    }
    for side in SIDES[:2]:
        slots[f"words against the {side}"] = [f"{length} than the {side}" for length in LENGTHS]
    slots |= {name: [f"{name}/{size}" for size in SIZES] for name in ("date", "address", "before prose", "after prose")}
    slots |= {f"cue {cue}": [f"cue={cue}/{size}" for size in SIZES] for cue in BOILERPLATE_CUES}
    slots |= {f"first {cue}": [f"first={cue}/{size}" for size in SIZES] for cue in FIRST_CUES}
    slots |= {flag: [flag] for flag in flags}
    for side in SIDES:
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


_COLUMNS: Final = LineColumns(
    ROW_OF,
    {slot: COLUMN_OF[names[0]] for slot, names in SLOTS.items()},
    BUCKETS,
    END_OF,
    len(ENDS),
    len(MARKERS),
    {f"cue {cue}": BIT_OF[cue] for cue in BOILERPLATE_CUES},
    {f"first {cue}": BIT_OF[cue] for cue in FIRST_CUES},
    bits_of(*BOILERPLATE_CUES),
    BIT_OF["caption"],
    BIT_OF["toc"],
    bits_of("byline", "tags"),
    (MARKER_RE, DATE_RE, SEPARATOR_RE, ADDRESS_RE, COUNTER_RE),
    ALPHABETS,
)


def line_columns(page: Page) -> CodeArray:
    """Return the columns of the features of each line, shape (n_lines, n_slots), in the order of `SLOTS`."""
    return _COLUMNS.find(page.raw, page.lines, page.markers, page.line_words, page.folded)


class LineClassifier:
    """Choose the kinds of the lines of a page with a linear model.

    Parameters
    ----------
    model : LinearWeights
    """

    def __init__(self, model: LinearWeights) -> None:
        self._kinds: list[BlockKind] = list(model.classes)  # type: ignore[arg-type]
        self._intercepts = np.asarray(model.intercepts, dtype=np.float64)
        self._weights = np.zeros((len(NAMES), len(self._kinds)))
        for name, row in model.index.items():
            self._weights[COLUMN_OF[name]] = model.weights[row]

    def choose(self, page: Page, marked_up: Sequence[Block] = ()) -> list[BlockKind]:
        """Return the kind of each line: by rule where the guidelines are exact, else by the model and its costs.

        Lists are corrected where what stands beside a line tells what it is: the last entry of a table of contents is
        no heading of what follows it, a lettered line none of the item with the next letter. A page has a title: its
        first line, or the last that may be one before the content where no heading stands. It is not made of headings
        and boilerplate alone: where the model sees no content, lines that are long enough to say something are
        paragraphs. Nor does it end in headings, which would head nothing: those are paragraphs too («thanks in
        advance»), and where lines are marked up, what heads nothing but boilerplate is boilerplate.

        Parameters
        ----------
        page : Page
        marked_up : sequence of Block
            In order; a line within one of them is of its kind, or boilerplate.
        """
        columns = line_columns(page)
        known = self._find_known(page, marked_up) if marked_up else None
        kinds = self.choose_from(columns, known)
        _COLUMNS.correct_lists(kinds, page.raw, page.lines, page.markers, columns, known)
        _COLUMNS.put_title(kinds, page.lines, columns, known)
        if "paragraph" not in kinds and "list_item" not in kinds:
            long = page.lines[:, N_WORDS] >= N_WORDS_OF_CONTENT
            if known is not None:
                long &= known < 0
            kinds = ["paragraph" if enough else kind for kind, enough in zip(kinds, long.tolist(), strict=True)]
        at = len(kinds) - 1
        if "paragraph" in kinds or "list_item" in kinds:
            while kinds[at] == "heading" and (known is None or known[at] < 0):
                kinds[at] = "paragraph"
                at -= 1
            if known is not None and kinds[at] == "boilerplate":
                while kinds[at] in ("boilerplate", "heading"):
                    kinds[at] = "boilerplate"
                    at -= 1
        return kinds

    def _find_known(self, page: Page, marked_up: Sequence[Block]) -> CodeArray:
        """Return the index of the kind of the block that each line begins in, -1 where it begins in none."""
        known = np.full(len(page.lines), -1, dtype=np.int64)
        starts = page.lines[:, START]
        at = np.searchsorted([block.start for block in marked_up], starts, side="right") - 1
        within = (at >= 0) & (starts < np.array([block.end for block in marked_up])[at])
        known[within] = np.array([self._kinds.index(block.kind) for block in marked_up])[at[within]]
        return known

    def choose_from(self, columns: CodeArray, known: CodeArray | None = None) -> list[BlockKind]:
        """Return the kinds of lines by rule and model alone; see `_blocks.LineColumns.choose` for what may be known."""
        return _COLUMNS.choose(
            columns,
            self._weights,
            self._intercepts,
            self._kinds,
            LONG_SENTENCE_PENALTY,
            NO_SIGN_PENALTY,
            ROW_OF["first support"],
            known,
            MARKED_UP_PENALTY,
        )
