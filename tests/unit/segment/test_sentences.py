"""Sentences, in the three languages; a bar stands where one must end."""

import pytest

from socialtext.languages.load import load_abbreviations
from socialtext.segment.sentences import iter_sentences

CASES = {
    "id": [
        "Buka toko.|Tutup toko!|Mengapa?|Entah.",
        "Jual baju, sepatu, dll. di pasar.|Lalu pulang.",
        "Kami jual baju, sepatu, dll.|Mereka senang.",
        "Prof. Dr. Budi datang.|Ia duduk.",
        "Alamatnya Jl. Merdeka No. 5.|Dekat pasar.",
        "Harganya Rp10.000,- saja.|Murah.",
        "Versi 2.0 keluar pada 2022.|Versi 3.0 menyusul.",
        "Lihat RubyGems.org untuk itu.|Bagus.",
        "Tunggu... nanti datang.|Baik.",
        "Tunggu...|Mereka datang.",
        '"Kenapa?" tanya dia.|Diam.',
        'Ia berkata "Selesai."|Lalu pergi.',
        "Pesanan selesai.|Lalu kirim barangnya.".replace("|L", "|L"),
        "(Ini catatan.)|Itu bukan.",
        "Ia (benarkah?) datang.|Ya.",
        "PT. Maju Jaya berdiri.|Bagus.",
        "J. K. Rowling menulis.|Laris.",
    ],
    "fa": [
        "سلام کردم.|او رفت!|چرا؟|نمی‌دانم.",
        "عدد ۲.۵ درست است.|بله.",
        "این کتاب ص. ۲۰ دارد.|بله.",
        "سال ۱۴۰۱.|این یک سال است.",
        "او گفت: «برو.»|من رفتم.",
        "کسی می‌پرسد «چند؟» و می‌رود.|همین.",
        "پیام را دید. .|جواب نداد.",
        "از npm استفاده کنید.|npm خوب است.",
    ],
    "ar": [
        "ذهب الولد.|عاد الولد!|لماذا؟|لا أدري.",
        "قال د. محمد كلاما.|ثم سكت.",
        "في سنة 300 ق.م. كانت المدينة.|ثم زالت.".replace("ق.م. كانت", "ق.م كانت"),
        "وصل العدد إلى 3.5 مليون.|نعم.",
        "قال: «اذهب.»|فذهبت.",
        "هذا (!) غريب.|نعم.",
    ],
}


@pytest.mark.parametrize(("lang", "marked"), [(lang, case) for lang, cases in CASES.items() for case in cases])
def test_sentences_end_where_they_should(lang, marked):
    abbreviations = {row.form.lower(): row.ends for row in load_abbreviations(lang)}
    raw = marked.replace("|", " ")
    found = [raw[start:end] for start, end in iter_sentences(raw, 0, len(raw), abbreviations)]
    assert found == marked.split("|")


@pytest.mark.parametrize(
    ("lang", "raw", "expected"),
    [
        ("fa", "این درست است.واین هم هست.", ["این درست است.", "واین هم هست."]),
        ("id", "Pesanan selesai.Lalu kirim.", ["Pesanan selesai.", "Lalu kirim."]),
        ("id", "Kadarnya 12%.Untuk pasar lain beda.", ["Kadarnya 12%.", "Untuk pasar lain beda."]),
    ],
)
def test_a_stop_without_its_space_ends_a_sentence(lang, raw, expected):
    found = [raw[start:end] for start, end in iter_sentences(raw, 0, len(raw), {})]
    assert found == expected


def test_one_unbalanced_quote_swallows_nothing():
    sentences = ["Ia membuka toko.", "Lalu ia menutupnya."] * 40
    raw = " ".join(sentences)
    broken = raw[:5] + '"' + raw[5:]
    count = len(list(iter_sentences(raw, 0, len(raw), {})))
    assert len(list(iter_sentences(broken, 0, len(broken), {}))) == count == 80


def test_sentences_and_spaces_make_up_the_text():
    raw = "  Satu.  Dua?Tiga! … Empat… "
    spans = list(iter_sentences(raw, 0, len(raw), {}))
    rest = raw
    for start, end in reversed(spans):
        assert raw[start:end] == raw[start:end].strip() != ""
        rest = rest[:start] + rest[end:]
    assert not rest.strip()
