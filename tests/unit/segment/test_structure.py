"""Blocks and advice units of whole pages."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import socialtext
from socialtext.segment.lines import MARKER_RE, iter_lines

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
@given(st.text(max_size=300))
def test_lines_hold_all_visible_text(raw):
    lines = list(iter_lines(raw))
    assert all(raw[line.start : line.end] == line.text for line in lines)
    assert all(left.end <= right.start for left, right in itertools.pairwise(lines))


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
