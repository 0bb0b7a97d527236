"""Blocks and advice units of whole pages."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import socialtext
from socialtext.models import load_model
from socialtext.normalize.normalizer import load_fold, load_fold_of_restored
from socialtext.segment.lines import MARKER_RE, find_lines
from socialtext.segment.structure import StructureFinder
from socialtext.segment.units import EXPANDED_NAMES, BorderScorer, expand_figures, fixed_borders, gap_figures
from socialtext.training.units import read_content

INVISIBLE = "[\\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\x00-\x20]+"

PAGE = """Beranda > Blog > Pemasaran

Cara Menjawab Pelanggan

Ditulis oleh Rina pada 12 Mei 2022

Pelanggan yang bertanya ingin dijawab hari itu juga. Karena itu, balas setiap pesan sebelum toko tutup.

Yang perlu Anda siapkan:
- daftar jawaban singkat
- jam kerja yang jelas
- satu orang yang bertugas

Pilih Satu Kanal Dulu

Banyak toko membuka akun di semua platform. Lebih baik pilih satu kanal tempat pembeli Anda berkumpul.

Artikel terkait
Leave a Reply
"""


def test_a_page_falls_into_its_blocks():
    document = socialtext.Segmenter("id").segment(PAGE)
    kinds = {PAGE[block.start : block.end][:12]: block.kind for block in document.blocks}
    assert kinds["Beranda > Bl"] == "boilerplate"
    assert kinds["Cara Menjawa"] == "heading"
    assert kinds["Ditulis oleh"] == "boilerplate"
    assert kinds["Pelanggan ya"] == "paragraph"
    assert kinds["- daftar jaw"] == "list_item"
    assert kinds["Pilih Satu K"] == "heading"
    assert kinds["Leave a Repl"] == "boilerplate"


def test_units_have_headings_and_list_items_stand_alone():
    document = socialtext.Segmenter("id").segment(PAGE)
    units = [(PAGE[unit.start : unit.end][:12], unit.heading) for unit in document.units]
    assert units[0] == ("Pelanggan ya", "Cara Menjawab Pelanggan")
    assert ("Yang perlu A", "Cara Menjawab Pelanggan") in units
    assert [start for start, _ in units if start.startswith("- ")] == [
        "- daftar jaw",
        "- jam kerja ",
        "- satu orang",
    ]
    assert units[-1] == ("Banyak toko ", "Pilih Satu Kanal Dulu")


pages = st.lists(
    st.sampled_from([*PAGE.split("\n"), "این یک جمله است.", "• مورد", "؟", "\u200f", "H2O.", "“a", "\t"]),
    max_size=30,
).map("\n".join)


@settings(max_examples=150)
@given(st.one_of(pages, st.text(max_size=200)))
def test_content_sentences_are_partitioned_into_units(raw):
    document = socialtext.Segmenter("id").segment(raw)
    content = [block for block in document.blocks if block.kind in ("paragraph", "list_item")]
    sentences = [
        sentence
        for sentence in document.sentences
        if any(block.start <= sentence.start < block.end for block in content)
    ]
    for sentence in sentences:
        assert sum(unit.start <= sentence.start and sentence.end <= unit.end for unit in document.units) == 1
    for left, right in zip(document.units, document.units[1:], strict=False):
        assert left.end <= right.start
    for unit in document.units:
        assert not any(
            unit.start <= block.start < unit.end
            for block in document.blocks
            if block.kind in ("heading", "boilerplate")
        )


@settings(max_examples=200)
@given(st.one_of(pages, st.text(max_size=300)))
def test_lines_hold_all_visible_text(raw):
    rest = raw
    spans = [(start, end) for start, end, *_ in find_lines(raw).tolist()]
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
    for start, end in reversed(spans):
        assert raw[start:end].strip()
        rest = rest[:start] + rest[end:]
    assert not re.sub(INVISIBLE, "", rest)


def test_a_finer_granularity_only_adds_borders():
    starts = []
    for granularity in (0.0, 0.25, 0.5, 0.75, 1.0):
        document = socialtext.Segmenter("id", granularity=granularity).segment(PAGE)
        starts.append({unit.start for unit in document.units})
    assert all(coarse <= fine for coarse, fine in itertools.pairwise(starts))
    content = [sentence for sentence in document.sentences if sentence.border_score > 0]
    assert len(starts[0]) < len(starts[-1]) == len(content)


def test_borders_are_drawn_where_the_score_says_so():
    document = socialtext.Segmenter("id").segment(PAGE)
    score_of = {sentence.start: sentence.border_score for sentence in document.sentences}
    starts = {unit.start for unit in document.units}
    assert min(score_of[start] for start in starts) > max(score_of[start] for start in score_of.keys() - starts)
    assert score_of[document.units[0].start] == 1.0
    assert score_of[PAGE.index("Pilih Satu Kanal")] == 0.0


@pytest.mark.parametrize("granularity", [-0.1, 1.01, float("nan"), "0.3", None, True])
def test_a_granularity_outside_its_range_is_refused(granularity):
    with pytest.raises(socialtext.errors.OptionError, match="ST130"):
        socialtext.Segmenter("id", granularity=granularity)
    with pytest.raises(socialtext.errors.OptionError, match="ST130"):
        socialtext.Pipeline("id", granularity=granularity)


def test_a_granularity_may_be_a_number_of_any_kind():
    assert repr(socialtext.Segmenter("id", granularity=np.float32(0.5))).endswith("granularity=0.5)")


ARTICLES = [
    json.loads(line)
    for line in (Path(__file__).parents[3] / "corpora" / "articles.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


@pytest.mark.parametrize("record", ARTICLES[::6], ids=lambda record: record["id"])
def test_the_native_sum_is_the_product_that_the_model_was_trained_as(record):
    content, _ = read_content(record)
    model = load_model("units")
    weights = np.array([model.weights[model.index[name], 0] for name in EXPANDED_NAMES])
    margins = expand_figures(gap_figures(content)) @ weights + model.intercepts[0]
    fixed, _ = fixed_borders(content)
    scores = BorderScorer(model).score(content)[1:]
    assert np.allclose(scores[~fixed], (1 / (1 + np.exp(-margins)))[~fixed], atol=1e-9)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("• مورد", "bullet"), ("- satu", "bullet"), ("۱. عنوان", "number"), ("٢) بند", "number"),
        ("3. Judul", "number"), ("أ- بند", "letter"), ("a) satu", "letter"), ("📌 catat", "bullet"),
        ("2.0 versi", None), ("10:30 mulai", None),
        ("kata", None), ("-", None),
    ],
)  # fmt: skip
def test_list_markers_in_three_digit_systems(line, kind):
    match = MARKER_RE.match(line)
    assert (match.lastgroup if match else None) == kind


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[3] / "corpora" / "articles").glob("fa-*.txt")))
def test_a_page_whose_half_spaces_are_restored_already_has_the_same_structure(path):
    raw = path.read_text(encoding="utf-8")
    finder = StructureFinder("fa", load_fold("fa"), load_fold_of_restored("fa"))
    assert finder.find(raw, restored=socialtext.Normalizer("fa").align(raw)) == finder.find(raw)


def test_a_sentence_over_two_lines_is_looked_up_as_one():
    line = "هر روز به پیام مشتری‌ها جواب بدهید تا آن‌ها دوباره از شما خرید\nکنند و به دوستان خود بگویند که فروشگاه\n"
    raw = line * 3
    finder = StructureFinder("fa", load_fold("fa"), load_fold_of_restored("fa"))
    assert finder.find(raw, restored=socialtext.Normalizer("fa").align(raw)) == finder.find(raw)
