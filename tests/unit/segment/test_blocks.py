"""Blocks of pages: the rows of tests/cases/blocks, and the laws of hard-wrapped text."""

import json
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import socialtext
from socialtext.types import Block

FOLDER = Path(__file__).parents[2] / "cases" / "blocks"
ROWS = [
    json.loads(line)
    for path in sorted(FOLDER.glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").split("\n")
    if line
]
N_CASES = 60
PARAGRAPHS = [
    row["expected"][at][1]
    for row in ROWS
    for at in range(len(row["expected"]))
    if row["expected"][at][0] == "paragraph"
]


def find_blocks(raw, lang):
    return [[block.kind, raw[block.start : block.end]] for block in socialtext.Segmenter(lang).segment(raw).blocks]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_page_falls_into_its_blocks(row):
    found = find_blocks(row["raw"], row["lang"])
    if row["expect"] == "known failure":
        assert found != row["expected"], "mended: the row now says what holds"
    else:
        assert found == row["expected"], row["why"]


def test_there_are_enough_cases_and_few_known_failures():
    assert len(ROWS) >= N_CASES
    assert sum(row["expect"] == "known failure" for row in ROWS) <= 3


long_paragraphs = st.sampled_from([text.replace("\n", " ") for text in PARAGRAPHS if len(text) > 100])


@settings(max_examples=60)
@given(st.lists(long_paragraphs, min_size=3, max_size=6, unique=True), st.integers(50, 90))
def test_wrapped_paragraphs_have_the_sentences_of_those_that_are_not(paragraphs, width):
    plain = "\n\n".join(paragraphs)
    wrapped = "\n\n".join(
        textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False) for text in paragraphs
    )
    segmenter = socialtext.Segmenter("id")
    before, after = segmenter.segment(plain), segmenter.segment(wrapped)
    assert len(after.blocks) == len(before.blocks)
    found = [" ".join(wrapped[s.start : s.end].split()) for s in after.sentences]
    assert found == [plain[s.start : s.end] for s in before.sentences]


def test_lines_of_a_poem_are_not_joined():
    lines = ["Pagi datang di pasar lama", "penjual menata sayur segar", "anak kecil berlari riang", "ibu memilih ikan"]
    document = socialtext.Segmenter("id").segment("\n".join(lines))
    assert len(document.blocks) == len(lines)


@settings(max_examples=60)
@given(st.sampled_from(ROWS), st.data())
def test_lines_that_are_marked_up_are_of_that_kind_or_boilerplate(row, data):
    segmenter = socialtext.Segmenter(row["lang"])
    blocks = segmenter.segment(row["raw"]).blocks
    kinds = st.sampled_from(["heading", "list_item", "paragraph", None])
    given_kinds = data.draw(st.lists(kinds, min_size=len(blocks), max_size=len(blocks)))
    marked_up = [
        Block(block.start, block.end, kind) for block, kind in zip(blocks, given_kinds, strict=True) if kind is not None
    ]
    found = {block.start: block.kind for block in segmenter.segment(row["raw"], marked_up=marked_up).blocks}
    assert list(found) == [block.start for block in blocks]
    assert all(found[block.start] in (block.kind, "boilerplate") for block in marked_up)
