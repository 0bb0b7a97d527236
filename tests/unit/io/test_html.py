"""HTML pages: content, headings and lists stay, the rest goes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import socialtext
from socialtext.io.html import extract_page

FOLDER = Path(__file__).parents[2] / "cases" / "html"
# Of each page what the reader of it sees as headings and list items.
MARKED_UP = {
    "ar-blog": (
        ["التعليقات السلبية فرصة", "رد أولا، ثم حقق", "ما الذي تكتبه؟", "انقل الحديث إلى الخاص"],
        [
            "• اسم الزبون كما كتبه", "• جملة واحدة تعيد فيها شكواه", "• موعدا للجواب", "1. أرسل الرابط الخاص.",
            "2. حل المشكلة هناك.", "3. اشكره علنا.",
        ],
    ),
    "fa-shop": (
        [
            "راهنمای خرید فرش دستباف", "اندازهٔ فرش", "مشخصات", "شرایط ارسال", "پرسش‌های خریداران",
            "اگر رنگش به خانه نخورد چه؟",
        ],
        ["• ارسال به تهران یک‌روزه است", "• شهرستان‌ها با باربری", "• بیمهٔ کالا با ماست"],
    ),
    "id-forum": (
        ["Rame live tapi gak ada yang checkout"],
        [
            "• sebut ukuran dan harga tiap lima menit", "• pin barang yang lagi dipegang",
            "• minta satu orang bantu jawab komentar",
        ],
    ),
    "id-broken": (
        ["Ongkir bikin batal", "Tiga hal yang bisa dicoba"],
        ["• gratis ongkir mulai dua barang", "• ambil sendiri di toko", "• kirim bareng tetangga"],
    ),
}  # fmt: skip

PAGE = """<html lang="id"><head><title>Cara Jualan - Blog</title></head><body>
<nav><a href="/">Beranda</a> <a href="/blog">Blog</a></nav>
<article><h1>Cara Jualan di Media Sosial</h1>
<p>Pelanggan yang <b>bertanya</b> ingin dijawab hari itu juga. Karena itu, balas setiap pesan sebelum toko tutup.</p>
<h2>Pilih satu kanal dulu</h2>
<p>Banyak toko membuka akun di semua platform. Lebih baik pilih satu kanal tempat pembeli Anda berkumpul.</p>
<p>Yang perlu disiapkan:</p>
<ul><li>daftar jawaban <i>singkat</i></li><li>jam kerja<ol><li>pagi</li><li>sore</li></ol></li></ul>
<table><tr><td>Instagram bagi toko kecil</td><td>biayanya murah sekali</td></tr></table>
<blockquote><p>Pelanggan adalah raja di toko kami.</p></blockquote></article>
<footer>© 2022 Toko. Hak cipta dilindungi.</footer></body></html>"""


def test_headings_lists_and_tables_become_lines():
    assert extract_page(PAGE)[0].split("\n") == [
        "Cara Jualan di Media Sosial",
        "",
        "Pelanggan yang bertanya ingin dijawab hari itu juga. Karena itu, balas setiap pesan sebelum toko tutup.",
        "",
        "Pilih satu kanal dulu",
        "",
        "Banyak toko membuka akun di semua platform. Lebih baik pilih satu kanal tempat pembeli Anda berkumpul.",
        "",
        "Yang perlu disiapkan:",
        "• daftar jawaban singkat",
        "• jam kerja",
        "1. pagi",
        "2. sore",
        "Instagram bagi toko kecil | biayanya murah sekali",
        "",
        "Pelanggan adalah raja di toko kami.",
        "",
    ]


@pytest.mark.parametrize("html", ["", "<html><body></body></html>", "<p"])
def test_a_page_without_content_is_empty(html):
    assert not extract_page(html)[0].strip()


def run(*arguments):
    command = [sys.executable, "-m", "socialtext", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_html_files_are_processed_and_offsets_refer_to_their_text(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "empty.html").write_text("<html></html>", encoding="utf-8")
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    arguments = (tmp_path / "page.html", tmp_path / "empty.html", "-o", out, "--lang", "id", "--rejects", rejects)
    assert run("process", *arguments, "--records", "documents", "--with-text") == 0
    (document,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert document["raw"] == extract_page(PAGE)[0]
    first = document["blocks"][0]
    assert document["raw"][first["start"] : first["end"]] == "Cara Jualan di Media Sosial"
    assert "list_item" in {block["kind"] for block in document["blocks"]}
    (reject,) = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
    assert reject["code"] == "ST319"


def test_records_can_be_said_to_be_html(tmp_path):
    source = tmp_path / "pages.jsonl"
    source.write_text(json.dumps({"id": "a", "text": PAGE}) + "\n", encoding="utf-8")
    out = tmp_path / "out.jsonl"
    assert run("process", source, "-o", out, "--lang", "id", "--text-format", "html", "--records", "documents") == 0
    assert "<p>" not in out.read_text(encoding="utf-8")


def test_a_page_is_one_record_to_normalize(tmp_path):
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    assert run("normalize", tmp_path / "page.html", "-o", tmp_path / "out.jsonl", "--lang", "id") == 0
    (record,) = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert record["id"] == "page.html"
    assert record["text"].startswith("Cara Jualan di Media Sosial\n\nPelanggan yang bertanya")


@pytest.mark.parametrize("command", ["process", "normalize"])
def test_pages_that_cannot_be_read_for_want_of_the_extra_are_refused_before_any_work(tmp_path, command):
    (tmp_path / "a.txt").write_text("Balas setiap komentar pelanggan Anda.", encoding="utf-8")
    (tmp_path / "b.html").write_text(PAGE, encoding="utf-8")
    code = "import sys; sys.modules['trafilatura'] = None; from socialtext.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, command, str(tmp_path), "-o", "-"], capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("socialtext: ST620: ")
    assert "pip install 'socialtext[html]'" in result.stderr


@pytest.mark.parametrize("name", MARKED_UP)
def test_what_a_page_marks_up_as_heading_or_item_stays_one(name):
    text, marked_up = extract_page((FOLDER / f"{name}.html").read_text(encoding="utf-8"))
    document = socialtext.Segmenter(name[:2]).segment(text, marked_up=marked_up)
    of_kind = {kind: [] for kind in ("heading", "list_item", "paragraph", "boilerplate")}
    for block in document.blocks:
        of_kind[block.kind].append(text[block.start : block.end])
    headings, items = MARKED_UP[name]
    assert of_kind["heading"] == headings
    assert of_kind["list_item"] == items
    assert of_kind["paragraph"]


def test_what_is_no_content_of_a_page_goes():
    for name in ("ar-blog", "fa-shop"):
        text, _ = extract_page((FOLDER / f"{name}.html").read_text(encoding="utf-8"))
        assert not re.search("جميع الحقوق|الرئيسية|سبد خرید|محفوظ است", text)


def test_half_spaces_of_a_page_stay():
    text, _ = extract_page((FOLDER / "fa-shop.html").read_text(encoding="utf-8"))
    assert "می\N{ZERO WIDTH NON-JOINER}خرد" in text


def test_a_title_outside_the_content_comes_first():
    prose = "Pembeli yang bertanya ingin dijawab hari itu juga, jadi balas sebelum toko tutup. " * 6
    page = f"<html><body><header><h1>Balas Hari Itu Juga</h1></header><article><p>{prose}</p></article></body></html>"
    text, marked_up = extract_page(page)
    assert text.startswith("Balas Hari Itu Juga\n\n")
    assert [text[block.start : block.end] for block in marked_up] == ["Balas Hari Itu Juga"]


def test_a_comment_form_under_a_heading_of_its_own_is_boilerplate():
    advice = "Balas setiap komentar sebelum toko tutup hari itu juga, walau hanya dengan satu kalimat pendek. "
    foot = "Tinggalkan Balasan\n\nAlamat email Anda tidak akan dipublikasikan.\n\nNama\n\nEmail\n"
    raw = f"Balas Komentar\n\n{advice * 3}\n\n{advice * 2}\n\n{foot}"
    start = raw.index("Tinggalkan")
    heading = socialtext.types.Block(start, raw.index("\n", start), "heading")
    assert {block.kind for block in socialtext.Segmenter("id").segment(raw, marked_up=[heading]).blocks[-4:]} == {
        "boilerplate"
    }
