"""The native readers of a page see what plain Python sees, on every sample article."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialtext.concepts import load_concepts
from socialtext.cues import WORD_RE, CueMatcher
from socialtext.normalize.normalizer import load_fold
from socialtext.segment._page import measure_cohesion, scan_lines
from socialtext.segment.page import BIT_OF, PageReader
from socialtext.types import LANGUAGES

ARTICLES = [
    json.loads(line)
    for line in (Path(__file__).parents[3] / "corpora" / "articles.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]
LINE_RE = re.compile("[^\n\r\x0b\x0c\x85\u2028\u2029]+")
BLANKS = "[\\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x1f]"
STOP_RE = re.compile(r"[.!?؟…](?=\s|$)")
READERS = {lang: PageReader(lang, load_fold(lang)) for lang in LANGUAGES}
MATCHERS = {lang: CueMatcher(lang, load_fold(lang), discourse=True) for lang in LANGUAGES}


def plain_lines(raw):
    for match in LINE_RE.finditer(raw):
        text = re.sub(f"^{BLANKS}+", "", match[0])
        start = match.end() - len(text)
        text = re.sub(f"{BLANKS}+$", "", text)
        if text:
            yield start, start + len(text), len(text.split()), len(STOP_RE.findall(text))


lines_of_any_kind = st.lists(st.sampled_from([*"a.! ؟\n\r\x85\u2028\u200f\ufeff\t۵", "کلمه", "\r\n", "..."])).map(
    "".join
)


@settings(max_examples=200)
@given(st.one_of(lines_of_any_kind, st.text()))
def test_lines_are_those_of_a_plain_scan(raw):
    assert [tuple(row) for row in scan_lines(raw)[:, [0, 1, 3, 4]].tolist()] == list(plain_lines(raw))


@pytest.mark.parametrize("record", ARTICLES[::6], ids=lambda record: record["id"])
def test_lines_of_the_articles_are_those_of_a_plain_scan(record):
    raw = record["text"]
    assert [tuple(row) for row in scan_lines(raw)[:, [0, 1, 3, 4]].tolist()] == list(plain_lines(raw))


@pytest.mark.parametrize("record", ARTICLES[::6], ids=lambda record: record["id"])
def test_words_and_cues_of_the_articles_are_those_of_a_plain_search(record):
    lang, raw = record["lang"], record["text"]
    page = READERS[lang].read(raw)
    fold, matcher, words = load_fold(lang), MATCHERS[lang], page.words
    # All together: whether a text has lost its half-spaces is told by the whole of it.
    lines = fold("\n".join(raw[start:end].replace("\n", " ") for start, end in page.sentences)).split("\n")
    for at, line in enumerate(lines):
        folded = WORD_RE.findall(line)
        found = matcher.find(folded)
        assert words["n_words"][at] == len(folded)
        for name, limit in (("cues", len(folded)), ("early", 4), ("first", 1)):
            kinds = {kind for place, kind in found if place < limit and kind in BIT_OF}
            assert words[name][at] == sum(BIT_OF[kind] for kind in kinds), (name, line)
        stems = {plain_stem(word, load_concepts(lang)) for word in folded} - {None}
        assert page.offsets[at + 1] - page.offsets[at] == len(stems)


def plain_stem(word, concepts):
    if found := concepts.look_up(word):
        concept, is_content = found
        return concept.removesuffix("!") if is_content else None
    return word[:5] if len(word) > 3 and not word.isdigit() else None


def plain_share(one, other, idf):
    less = min(sum(idf[stem] for stem in one), sum(idf[stem] for stem in other))
    return sum(idf[stem] for stem in one & other) / less if less else 0.0


@settings(max_examples=150)
@given(st.lists(st.tuples(st.frozensets(st.integers(0, 6)), st.booleans(), st.booleans()), min_size=2, max_size=12))
def test_cohesion_is_that_of_plain_sets(sentences):
    sets = [stems for stems, _, _ in sentences]
    sections = np.cumsum([new for _, new, _ in sentences], dtype=np.int32)
    blocks = np.cumsum([new or other for _, new, other in sentences], dtype=np.int32)
    offsets = np.cumsum([0, *map(len, sets)], dtype=np.int32)
    stems = np.array([stem for one in sets for stem in sorted(one)], dtype=np.int32)
    n = len(sets)
    found = measure_cohesion(stems, offsets, 7 if len(stems) else 0, np.arange(n, dtype=np.int32), blocks, sections)
    idf = {stem: math.log(1 + n / sum(stem in one for one in sets)) for one in sets for stem in one}

    def union(places):
        return frozenset().union(*(sets[at] for at in places))

    for at in range(1, n):
        if sections[at] != sections[at - 1]:
            assert not found[at - 1].any()
            continue
        here = [k for k in range(n) if sections[k] == sections[at]]
        near = union(k for k in here if at - 3 <= k < at)
        left = union(k for k in here if blocks[k] == blocks[at - 1] and k < at)
        right = union(k for k in here if blocks[k] == blocks[at] and k >= at)
        expected = [
            plain_share(sets[at - 1], sets[at], idf),
            plain_share(near, sets[at], idf),
            plain_share(near, union(k for k in here if at <= k < at + 2), idf),
            plain_share(left, right, idf),
            plain_share(union(k for k in here if k < at), sets[at], idf),
        ]
        assert np.allclose(found[at - 1], expected)
