"""The light markup of annotated articles."""

import pytest

from socialtext.errors import InputError
from socialtext.training.articles import compile_article

MARKUP = """@id id-900
@lang id
@style blog
B| Beranda
H| Judul

P| <<- >> Kalimat satu. || Kalimat dua. <<+ engagement, data>> Balas pesan.||Catat angkanya.
P| Misalnya begini.
L| <<+ data>> - hitung klik
"""


def test_marks_become_offsets():
    raw, record = compile_article(MARKUP, "x")
    assert raw == (
        "Beranda\nJudul\n\nKalimat satu. Kalimat dua. Balas pesan.Catat angkanya.\nMisalnya begini.\n- hitung klik"
    )
    assert [block["kind"] for block in record["blocks"]] == [
        "boilerplate", "heading", "paragraph", "paragraph", "list_item",
    ]  # fmt: skip
    assert [raw[s["start"] : s["end"]] for s in record["sentences"]] == [
        "Judul", "Kalimat satu.", "Kalimat dua.", "Balas pesan.", "Catat angkanya.", "Misalnya begini.",
        "- hitung klik",
    ]  # fmt: skip
    units = [(raw[u["start"] : u["end"]], u["advice"], u["themes"]) for u in record["units"]]
    assert units == [
        ("Kalimat satu. Kalimat dua.", False, []),
        ("Balas pesan.Catat angkanya.\nMisalnya begini.", True, ["engagement", "data"]),
        ("- hitung klik", True, ["data"]),
    ]


@pytest.mark.parametrize("line", ["X| apa", "P| tanpa unit.", "P| <<+ cuaca>> hujan."])
def test_wrong_markup_names_its_line(line):
    with pytest.raises(InputError, match="ST310.*line 4"):
        compile_article(f"@id a\n@lang id\n@style blog\n{line}\n", "x")
