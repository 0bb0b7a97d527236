"""Figures of gaps and columns of lines as the native loops find them, against whole arrays."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext.normalize.normalizer import load_fold
from socialtext.segment._page import HAS_LEAD, measure_cohesion
from socialtext.segment.blocks import (
    ADDRESS_RE,
    BUCKETS,
    COLUMN_OF,
    COUNTER_RE,
    DATE_OF_PAGE,
    DATE_RE,
    END_OF,
    ENDS,
    FIRST_CUES,
    LONG_SENTENCE,
    NO_SIGN,
    ROW_OF,
    SEPARATOR_RE,
    SIDES,
    SLOTS,
    line_columns,
)
from socialtext.segment.lines import AFTER_BLANK, END, LAST, MARKER_RE, MARKERS, N_STOPS, N_WORDS, SIGNS, START
from socialtext.segment.page import BIT_OF, BOILERPLATE_CUES, DISCOURSE_CUES, PageReader, bits_of
from socialtext.segment.units import (
    ADVICE_BITS,
    FIGURES,
    SIGNAL_BITS,
    TOPIC_BITS,
    choose_content,
    fixed_borders,
    gap_figures,
)
from socialtext.types import LANGUAGES

N_SHARED_SPAN = 3
N_WORDS_OF_SHORT, N_WORDS_OF_PROSE, N_WORDS_OF_ENTRY = 12, 18, 14
N_EDGE_LINES, N_CHARACTERS_SEEN = 4, 400
ANY_BOILERPLATE = bits_of(*BOILERPLATE_CUES)
BOILERPLATE_BITS = np.array([BIT_OF[cue] for cue in BOILERPLATE_CUES])
FIRST_BITS = np.array([BIT_OF[cue] for cue in FIRST_CUES])
BASES = np.array([COLUMN_OF[names[0]] for names in SLOTS.values()])
READERS = {lang: PageReader(lang, load_fold(lang)) for lang in LANGUAGES}
ARTICLES = [
    json.loads(line)
    for line in (Path(__file__).parents[3] / "corpora" / "articles.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


def run_starts(values):
    """Return the starts of the runs of equal values, and the run of each value."""
    changes = np.append(True, values[1:] != values[:-1])
    return np.flatnonzero(changes), np.cumsum(changes) - 1


def count_bits(masks):
    return np.bitwise_count(masks).astype(np.float64)


def overlap(one, other):
    """Share of the bits of the smaller set that the other has."""
    least = np.minimum(count_bits(one), count_bits(other))
    return np.asarray(count_bits(one & other) / np.maximum(least, 1.0))


def has_bits(masks, bits):
    """Return for each bit, in rows, and mask whether it is set."""
    return np.asarray((masks & bits[:, None]) != 0)


def accumulate(masks, starts):
    """Union of the masks from the start of their run on, each with those before it."""
    result = masks.copy()
    is_start = np.zeros(len(masks), dtype=bool)
    is_start[starts] = True
    for at, (mask, first) in enumerate(zip(masks.tolist(), is_start.tolist(), strict=True)):
        if not first:
            result[at] = result[at - 1] | mask
    return result


def plain_gap_figures(content):
    """Return the figures of each gap between two content sentences, shape (n_sentences - 1, n_figures)."""
    page, words, chosen = content.page, content.page.words, content.chosen
    blocks, sections = content.blocks, content.sections
    n = len(chosen)
    if n < 2:
        return np.zeros((0, len(FIGURES)))
    n_words = words["n_words"][chosen]
    cues, first, early = words["cues"][chosen], words["first"][chosen], words["early"][chosen]
    at = np.arange(1, n)

    block_starts, block_of = run_starts(blocks)
    section_starts, section_of = run_starts(sections)
    block_ends = np.append(block_starts[1:], n)
    section_ends = np.append(section_starts[1:], n)
    n_blocks_before = block_of[section_starts]  # blocks before each section
    n_blocks_of = np.diff(np.append(n_blocks_before, len(block_starts)))
    sizes = block_ends - block_starts
    total = np.append(0, np.cumsum(n_words))

    is_paragraph = ~content.is_item[block_starts]
    n_sentences = sizes[is_paragraph]
    has_prose = len(n_sentences) > 0
    words_of = (total[block_ends] - total[block_starts])[is_paragraph]

    new = blocks[1:] != blocks[:-1]
    here, there = block_of[1:], block_of[:-1]
    section = section_of[1:]
    left_words = total[at] - total[block_starts[there]]
    right_words = total[block_ends[here]] - total[at]
    place = here - n_blocks_before[section]

    topics = cues & TOPIC_BITS
    before = topics[:-1].copy()
    for step in range(2, N_SHARED_SPAN + 1):
        near = (at >= step) & (sections[np.maximum(at - step, 0)] == sections[1:])
        before |= np.where(near, topics[np.maximum(at - step, 0)], 0)
    so_far = accumulate(cues, block_starts)
    left = so_far[:-1]
    right = accumulate(cues[::-1], n - block_ends[::-1])[::-1][1:]
    left_topics, right_topics = left & TOPIC_BITS, right & TOPIC_BITS
    in_section = np.where(section_of[1:] == section_of[:-1], accumulate(topics, section_starts)[:-1], 0)

    question, colon = words["question"][chosen], words["colon"][chosen]
    digit, first_digit = words["digit"][chosen], words["first_digit"][chosen]
    first_word = words["first_word"][chosen]
    cohesion = measure_cohesion(page.stems, page.offsets, page.n_stems, chosen, blocks, sections)

    begins = has_bits(first[1:], SIGNAL_BITS)
    last = block_ends[here] - at == 1
    several = sizes[there] >= 2
    uncued = ~begins.any(axis=0)
    share_of_one = float((n_sentences == 1).mean()) if has_prose else 0.0

    columns = [
        new,
        at - block_starts[there],
        block_ends[here] - at,
        sizes[there],
        sizes[here],
        left_words,
        right_words,
        n_words[:-1],
        n_words[1:],
        np.full(n - 1, n_sentences.mean() if has_prose else 0.0),
        np.full(n - 1, share_of_one),
        np.full(n - 1, words_of.mean() if has_prose else 0.0),
        np.full(n - 1, len(block_starts) / len(section_starts)),
        n_blocks_of[section],
        place,
        n_blocks_of[section] - place,
        at - section_starts[section],
        section_ends[section] - at,
        question[:-1],
        question[1:],
        colon[:-1],
        colon[1:],
        np.append(0, question[:-2]),
        *cohesion.T,
        overlap(before, topics[1:]),
        overlap(left_topics, right_topics),
        count_bits(left_topics & right_topics),
        count_bits(right_topics & ~in_section),
        (left & ADVICE_BITS) != 0,
        (cues[1:] & ADVICE_BITS) != 0,
        (right & ADVICE_BITS) != 0,
        (cues[:-1] & ADVICE_BITS) != 0,
        at / n,
        first_word[1:] == first_word[:-1],
        first_digit[1:],
        digit[1:],
        digit[:-1],
        *begins,
        *has_bits(early[1:], SIGNAL_BITS),
        *has_bits(cues[1:], SIGNAL_BITS),
        *has_bits(cues[:-1], SIGNAL_BITS),
        *has_bits(np.append(first[2:], 0), SIGNAL_BITS[: len(DISCOURSE_CUES)]),
        *(begins & last),
        *(begins & several),
        last & several,
        last & ~several,
        uncued * share_of_one,
        uncued * (1.0 - share_of_one),
        (left & ADVICE_BITS != 0) & (cues[1:] & ADVICE_BITS != 0),
        (left & ADVICE_BITS == 0) & (cues[1:] & ADVICE_BITS != 0),
        last & (cues[1:] & ADVICE_BITS != 0),
    ]
    return np.ascontiguousarray(np.array(columns, dtype=np.float64).T)


def plain_line_columns(page):
    """Return the columns of the features of each line, shape (n_slots, n_lines), in the order of `SLOTS`."""
    lines, n = page.lines, len(page.lines)
    n_words = lines[:, N_WORDS]
    size = (n_words > N_WORDS_OF_SHORT).astype(np.int64)
    short = size == 0
    ends = np.array([END_OF.get(mark, 0) for mark in lines[:, LAST].tolist()], dtype=np.int64)
    cued_there = (page.line_words["cues"] & ANY_BOILERPLATE) != 0
    # «Gambar Adalah Kunci» is no caption, «Gambar 2: …» is.
    seen = np.where(lines[:, SIGNS] & HAS_LEAD, -1, ~BIT_OF["caption"])
    cues, first = page.line_words["cues"] & seen, page.line_words["first"] & seen
    cued = (cues & ANY_BOILERPLATE) != 0
    n_stops = lines[:, N_STOPS]
    at = np.arange(n)
    no = np.full(n, -1, dtype=np.int64)
    found = np.full((len(SLOTS), n), -1, dtype=np.int64)

    def put(slot, code, where=True):
        """Set the feature of a slot: the code counts from the slot's first name."""
        found[ROW_OF[slot]] = np.where(where, code, no)

    put("words", np.searchsorted(BUCKETS, n_words))
    put("end", ends)
    put("marker", page.markers)
    put("stops", np.minimum(n_stops, 3))
    full = (n_words >= 8) & ((ends == 1) | (ends == 2) | (ends == 3))
    put("sentence", cued.astype(np.int64), full)
    put(LONG_SENTENCE, 0, (n_words > np.where(page.markers, 10, 4)) & (ends == 1))
    put("boilerplate cue in a short line", 0, cued & short & (ends != 1))
    dated, n_separators, addressed, counts = search_lines(page)
    counts &= n_words <= 4
    put("date", size, dated)
    put(DATE_OF_PAGE, 0, counts | (dated & short & ((n_words <= 4) | ((cues & bits_of("byline", "tags")) != 0))))
    put("separators", (np.minimum(n_separators, 3) - 1) * 2 + size, n_separators > 0)
    put("address", size, addressed)
    put(NO_SIGN, 0, ~cued & ~dated & (n_separators == 0) & ~addressed & ~counts)
    put("from the start", at, at < N_EDGE_LINES)
    put("from the end", n - at - 1, n - at <= N_EDGE_LINES)
    prose = np.flatnonzero((n_words >= N_WORDS_OF_PROSE) & (n_stops > 0))
    first_prose, last_prose = (prose[0], prose[-1]) if len(prose) else (0, n - 1)
    put("before prose", size, at < first_prose)
    put("after prose", size, at > last_prose)
    put("after a boilerplate cue after prose", 0, np.logical_or.accumulate((at > last_prose) & short & cued))
    put("in a table of contents", 0, find_toc_zone(page))
    repeats, speaks = compare_lines(page)
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
    for slot, masks, bits in (("cue", cues, BOILERPLATE_BITS), ("first", first, FIRST_BITS)):
        row = ROW_OF[f"{slot} {BOILERPLATE_CUES[0]}"]
        found[row : row + len(bits)] = np.where(masks & bits[:, None], size, no)
    judged, stopped = n_words >= 6, np.isin(ends, (1, 2, 3, 5))
    share = int(np.searchsorted((0.2, 0.7), (judged & stopped).sum() / max(judged.sum(), 1), side="right"))
    of_page = int(np.searchsorted((7, 16, 31), n, side="right"))
    put("words and stops of the page", np.searchsorted(BUCKETS, n_words) * 3 + share)
    put("size of the page", of_page * 2 + size)
    put("from the start of a page", at * 4 + of_page, at < N_EDGE_LINES)
    put("from the end of a page", (n - at - 1) * 4 + of_page, n - at <= N_EDGE_LINES)
    put("introduction of a list", (n_words > 2).astype(np.int64), (ends == 4) & (np.append(page.markers[1:], 0) != 0))
    for side, step in zip(SIDES[:2], (-1, 1), strict=True):
        there = n_words[np.clip(at + step, 0, n - 1)]
        lengths = sum((n_words * 3 > there * k).astype(np.int64) for k in (1, 2)) + (n_words * 2 > there * 3)
        put(f"words against the {side}", lengths, (at + step >= 0) & (at + step < n))
    for side, step in zip(SIDES, (-1, 1, -2, 2), strict=True):
        there = at + step
        within = (there >= 0) & (there < n)
        other = np.where(within, there, 0)
        put(side, np.where(within, 1 + size[other] * len(ENDS) + ends[other], 0))
        put(f"{side} marker", page.markers[other] * len(MARKERS) + page.markers, within)
        put(f"{side} and own", (size[other] * 2 + size) * len(ENDS) + ends, within)
        put(f"{side} cue", size, within & short[other] & cued_there[other])
    return np.where(found >= 0, found + BASES[:, None], 0)


def search_lines(page):
    """Return for each line whether it has a date, how many separators, whether it has an address or is a counter."""
    raw, lines = page.raw, page.lines
    dated = np.zeros(len(lines), dtype=bool)
    addressed, counts = dated.copy(), dated.copy()
    n_separators = np.zeros(len(lines), dtype=np.int64)
    for at, (start, end) in enumerate(lines[:, [START, END]].tolist()):
        dated[at] = DATE_RE.search(raw, start, end) is not None
        n_separators[at] = len(SEPARATOR_RE.findall(raw, start, end))
        addressed[at] = ADDRESS_RE.search(raw, start, end) is not None
        counts[at] = COUNTER_RE.fullmatch(raw, start, end) is not None
    return dated, n_separators, addressed, counts


def compare_lines(page):
    """Return whether each line is repeated later (0) or repeats one (1) or neither (-1), and whether it speaks.

    A heading and its entry in the table of contents have their words in common, not their marks.
    """
    repeats = np.full(len(page.lines), -1, dtype=np.int64)
    last_of: dict[str, int] = {}
    n_of: Counter[str] = Counter()
    keys, speakers = [], []
    spans = page.line_words[["start", "end"]].tolist()
    for at, ((start, end), marker) in enumerate(zip(spans, page.markers.tolist(), strict=True)):
        text = page.folded[start:end].replace("\n", " ")[:N_CHARACTERS_SEEN]
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


def find_toc_zone(page):
    """Lines of a table of contents: short ones after its title, up to the first that is long."""
    n_words, n_stops = page.lines[:, N_WORDS], page.lines[:, N_STOPS]
    zone = np.zeros(len(n_words), dtype=bool)
    titles = np.flatnonzero((n_words <= 5) & ((page.line_words["cues"] & BIT_OF["toc"]) != 0))
    if len(titles):
        ends = np.append(np.flatnonzero((n_words > N_WORDS_OF_ENTRY) | (n_stops > 0)), len(n_words))
        for title in titles.tolist():
            # The last short line before prose is the heading of the first section.
            zone[title + 1 : ends[np.searchsorted(ends, title + 1)] - 1] = True
    return zone


def check(page, kinds):
    assert np.array_equal(line_columns(page).T, plain_line_columns(page))
    content = choose_content(page, kinds)
    assert content.chosen.tolist() == [
        at for at, line in enumerate(page.line_of.tolist()) if kinds[line] in ("paragraph", "list_item")
    ]
    assert np.allclose(gap_figures(content), plain_gap_figures(content), rtol=0, atol=1e-12)
    fixed, borders = fixed_borders(content)
    for found, expected in zip((fixed, borders & fixed), plain_borders(content), strict=True):
        assert np.array_equal(found, expected)


def plain_borders(content):
    """Decide by the rules of the guidelines, gap by gap."""
    colon = content.page.words["colon"][content.chosen]
    fixed, borders = [], []
    for at in range(1, len(content)):
        other_section = content.sections[at] != content.sections[at - 1]
        at_item = content.is_item[at] or content.is_item[at - 1]
        follows = at + 1 < len(content) and content.is_item[at + 1] and content.sections[at + 1] == content.sections[at]
        introduces = bool(follows and colon[at])
        fixed.append(bool(other_section or at_item or introduces))
        if other_section:
            borders.append(True)
        else:
            borders.append(bool(content.blocks[at] != content.blocks[at - 1]) if at_item else introduces)
    return np.array(fixed, dtype=bool), np.array(borders, dtype=bool)


@pytest.mark.parametrize("record", ARTICLES[::6], ids=lambda record: record["id"])
def test_articles_have_the_figures_of_whole_arrays(record):
    page = READERS[record["lang"]].read(record["text"])
    chance = np.random.default_rng(0)
    choices = ("paragraph", "paragraph", "paragraph", "list_item", "heading", "boilerplate")
    check(page, chance.choice(choices, len(page.lines)).tolist())


lines_of_pages = st.sampled_from([
    "1. Satu", "2) Dua.", "Daftar isi", "Lihat juga: a | b", "Budi: ya", "- item", "", "Kata. Kalimat dua? Tiga:",
    "12 Mei 2022", "May 3, 2022", "Jam 10:30", "2022-05-03", "Sejak 2022", "٣ مايو ٢٠٢٢", "1 2345 6789", "a@b.co ©",
    "Gambar 2: peta", "Bagikan", "kata " * 20 + ".", "Balas komentar. Jangan diam!", "x: y", "a",
])  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.tuples(lines_of_pages, st.sampled_from(["paragraph", "list_item", "heading"])), max_size=25))
def test_pages_have_the_figures_of_whole_arrays(described):
    described = [(line, kind) for line, kind in described if line.strip()]
    page = READERS["id"].read("\n".join(line for line, _ in described))
    kinds = ([kind for _, kind in described] + ["paragraph"] * len(page.lines))[: len(page.lines)]
    check(page, kinds)
