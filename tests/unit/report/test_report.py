"""The report page: what is in it, what it makes of each form of result, and that nothing in a text becomes markup."""

import base64
import gzip
import hashlib
import json
import re
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialtext.cli.report import report
from socialtext.errors import InputError, OutputError
from socialtext.io.schema import Reject, document_row, document_schema, reject_row, unit_rows, unit_schema
from socialtext.io.writers import RecordWriter
from socialtext.languages.load import load_cues
from socialtext.normalize.normalizer import Normalizer
from socialtext.pipeline import Pipeline
from socialtext.report.charts import draw_charts
from socialtext.report.content import build_content
from socialtext.report.marks import CUE_KINDS, find_changes, find_cues, utf16_offsets
from socialtext.report.page import render_page, write_page
from socialtext.report.results import read_documents, read_rejects
from socialtext.types import AdviceUnit, Document

FA = "یکی از بزرگ‌ترین اشتباهات فروشگاه ها باز کردن حساب در همهٔ شبکههای اجتماعی است ، بهتر است یکی را انتخاب کنید."
ID = "Balas setiap komentar pelanggan Anda di hari yang sama 👍 . Tanyakan pendapat mereka tentang produk baru."
EVIL = 'Balas komentar <script>alert("x")</script> pelanggan setiap hari </script> <img src=x onerror=alert(1)>.'
PAGE = f"Beranda > Blog\n\nCara Membalas Komentar\n\n{ID}\n\n\nLeave a Reply\n"
BINARY = reject_row(Reject("b.txt", 1, "binary", "ST311", "is a binary file, not text"))


def run(*args, check=None):
    result = subprocess.run([sys.executable, "-m", "socialtext", *map(str, args)], capture_output=True, timeout=120)
    error = result.stderr.decode()
    assert "Traceback" not in error
    if check is not None:
        assert result.returncode == check, error
    return error


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The same pages processed to every form of result."""
    folder = tmp_path_factory.mktemp("results")
    nlp = Pipeline()
    pages = [nlp(text, id=name) for name, text in {"evil.txt": EVIL, "fa.txt": FA, "id.txt": PAGE}.items()]
    for target in ("units.jsonl", "units.csv", "units.parquet", "shards"):
        write_rows(folder / target, unit_schema(), [row for page in pages for row in unit_rows(page)])
    for target, with_text in {"documents.jsonl": True, "documents.parquet": True, "bare.jsonl": False}.items():
        rows = [document_row(page, with_text=with_text) for page in pages]
        write_rows(folder / target, document_schema(with_text=with_text), rows)
    (folder / "packed.jsonl.gz").write_bytes(gzip.compress((folder / "units.jsonl").read_bytes()))
    rejects = [reject_row(Reject("a.txt", 1, "empty", "ST312", "holds no text")), BINARY, BINARY]
    (folder / "rejects.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rejects), encoding="utf-8")
    return folder


def write_rows(target, schema, rows):
    with RecordWriter(str(target), lambda: schema) as writer:
        writer.write(rows)


def content_of(result, **options):
    options = {"source": "x", "max_units": 100} | options
    return json.loads(json.dumps(build_content(read_documents(str(result)), None, **options)))


def unpack(page):
    packed = re.search(r'id="content">([A-Za-z0-9+/=]*)<', page)[1]
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def document(content, name):
    return next(own for own in content["documents"] if own["id"] == name)


def document_of(unit):
    return Document("a", "id", "", "", (), (), (unit,))


def units_of(own):
    units16 = own["text"].encode("utf-16-le")
    return [units16[2 * unit[0] : 2 * unit[1]].decode("utf-16-le") for unit in own["units"]]


def test_all_forms_of_a_result_of_units_give_the_same_content(results):
    first = content_of(results / "units.jsonl")
    assert sum(own["units"] for own in first["totals"].values()) == 3
    for name in ("units.csv", "units.parquet", "shards", "packed.jsonl.gz", "bare.jsonl"):
        assert content_of(results / name) == first, name


def test_a_unit_longer_than_the_cells_that_the_csv_module_reads_by_default_is_read(tmp_path):
    text = "Balas setiap komentar pelanggan. " * 5_000
    (tmp_path / "in.jsonl").write_text(json.dumps({"text": text}) + "\n")
    run("process", tmp_path / "in.jsonl", "-o", tmp_path / "units.csv", "--lang", "id")
    assert sum(own["units"] for own in content_of(tmp_path / "units.csv")["totals"].values()) == 1


def test_documents_with_text_show_the_whole_page_in_the_units_of_the_browser(results):
    for name in ("documents.jsonl", "documents.parquet"):
        own = document(content_of(results / name), "id.txt")
        assert own["form"] == "text"
        kinds = [content_of(results / name)["blockKinds"][kind] for _, _, kind in own["blocks"]]
        assert "heading" in kinds
        assert "boilerplate" in kinds
        assert units_of(own) == [Normalizer("id").normalize(ID)]
        start, end, _ = own["blocks"][own["units"][0][2]]
        assert own["text"][start:end] == "Cara Membalas Komentar"


def test_changed_words_are_marked_with_what_was_written_and_by_which_step(results):
    own = document(content_of(results / "documents.jsonl"), "fa.txt")
    changes = {own["text"][start:end]: (before, steps) for start, end, before, steps in own["changes"]}
    assert changes["شبکه‌های"] == ("شبکههای", ["halfspace"])
    assert changes["فروشگاه‌ها"] == ("فروشگاه ها", ["halfspace"])
    assert changes["است،"] == ("است ،", ["punctuation"])


def test_text_that_no_profile_makes_is_shown_as_it_was_written(results):
    rows = [json.loads(line) for line in (results / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    changed = results / "changed.jsonl"
    changed.write_text("".join(json.dumps(row | {"text": row["text"] + "!"}) + "\n" for row in rows), encoding="utf-8")
    own = document(content_of(changed), "id.txt")
    assert own["form"] == "raw"
    assert own["text"] == PAGE
    assert own["changes"] == []
    assert units_of(own) == [ID]


def test_cues_of_advice_and_of_themes_are_marked():
    text = "Jangan lupa membalas komentar pelanggan"
    found = {text[cue.start : cue.end]: cue.kind for cue in find_cues(text, "id")}
    assert found["Jangan"] == "prohibition"
    assert {"komentar", "pelanggan"} <= set(found)
    half = "رسانه‌های اجتماعی و فروشگاه‌ها"
    assert "فروشگاه‌ها" in {half[cue.start : cue.end] for cue in find_cues(half, "fa")}
    assert find_cues("Antwortet jedem", "de") == []


@pytest.mark.parametrize("lang", ["ar", "fa", "id"])
def test_every_kind_of_cue_that_is_marked_has_forms(lang):
    assert set(CUE_KINDS) <= set(load_cues(lang))


@given(
    st.text(st.sampled_from("abc شبکه های می‌كتاب ۱2,.،؛!  \n\t\u200c\u200fـ<>😀é")), st.sampled_from(["ar", "fa", "id"])
)
def test_marks_lie_in_the_text_in_order_and_name_what_was_written(raw, lang):
    normalizer = Normalizer(lang)
    aligned = normalizer.align(raw)
    marks = find_changes(normalizer, aligned)
    end = 0
    for mark in marks:
        assert end <= mark.start < mark.end <= len(aligned.text)
        assert mark.before in raw
        assert mark.before != aligned.text[mark.start : mark.end]
        assert mark.steps
        end = mark.end
    end = 0
    for cue in find_cues(aligned.text, lang):
        assert end <= cue.start < cue.end <= len(aligned.text)
        end = cue.end


@given(st.text())
def test_offsets_count_as_a_browser_does(text):
    text = text.encode("utf-8", "replace").decode()
    at = utf16_offsets(text)
    assert [at(end) for end in range(len(text) + 1)] == [
        len(text[:end].encode("utf-16-le")) // 2 for end in range(len(text) + 1)
    ]


def test_the_page_is_one_file_that_asks_nothing_of_the_network(results):
    page = render_page(content_of(results / "documents.jsonl"))
    assert not re.search(r"""(?:src|href)\s*=\s*["']?\s*(?:https?:)?//|@import|url\(""", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy.startswith("default-src 'none';")
    assert f"script-src 'sha256-{digest}';" in policy
    assert unpack(page) == content_of(results / "documents.jsonl")


def test_markup_in_a_text_or_a_name_is_not_markup_of_the_page(results):
    content = content_of(results / "units.jsonl", source="</title><script>alert(1)</script>.jsonl")
    page = render_page(content)
    assert page.count("<script") == 2
    assert page.count("</script") == 2
    assert "<script>alert" not in page
    assert "onerror" not in page
    assert '<script>alert("x")</script>' in document(unpack(page), "evil.txt")["text"]


def test_a_large_corpus_is_shown_by_whole_documents_and_counted_in_full(results, tmp_path):
    row = json.loads((results / "units.jsonl").read_text(encoding="utf-8").splitlines()[0])
    many = tmp_path / "many.jsonl"
    many.write_text(
        "".join(json.dumps(row | {"doc_id": f"d{i}", "unit": j}) + "\n" for i in range(200) for j in range(3)),
        encoding="utf-8",
    )
    content = content_of(many, max_units=100)
    shown = [own["id"] for own in content["documents"]]
    assert sum(own["units"] for own in content["totals"].values()) == 600
    assert len(shown) == 33
    assert all(len(own["units"]) == 3 for own in content["documents"])
    assert shown == sorted(shown, key=lambda name: int(name[1:]))
    assert int(shown[-1][1:]) > 150  # drawn from the whole, not from its beginning
    assert content_of(many, max_units=100) == content


def test_themes_of_another_model_take_the_place_of_ours(tmp_path):
    row = {"doc_id": "a", "lang": "id", "unit": 0, "start": 0, "end": 3, "heading": None, "text": "abc", "advice": True}
    row |= {"advice_score": 0.9, "themes": ["price"], "score_price": 0.8, "score_taste": 0.1}
    (tmp_path / "u.jsonl").write_text(json.dumps(row), encoding="utf-8")
    content = content_of(tmp_path / "u.jsonl")
    assert content["themes"] == ["price", "taste"]
    assert content["totals"]["id"]["themes"] == [1, 0, 0]


def test_the_command_writes_the_page_with_the_rejects(results, tmp_path):
    target = tmp_path / "page.html"
    error = run("report", results / "documents.jsonl", "-o", target, "--rejects", results / "rejects.jsonl", check=0)
    assert "3 documents, 3 units" in error
    content = unpack(target.read_text(encoding="utf-8"))
    assert content["source"] == "documents.jsonl"
    assert content["rejects"]["reasons"] == {"binary": 2, "empty": 1}
    assert [row[2:4] for row in content["rejects"]["rows"]] == [
        ["empty", "ST312"],
        ["binary", "ST311"],
        ["binary", "ST311"],
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("missing.jsonl", None, "ST301"),
        ("page.txt", "text", "ST303"),
        ("folder", "folder", "ST302"),
        ("broken.jsonl", '{"doc_id": ', "ST341"),
        ("list.jsonl", "[1]", "ST341"),
        ("half.jsonl", '{"doc_id": "a", "advice": true}', "ST341"),
        ("other.jsonl", '{"text": "a"}', "ST342"),
        ("empty.csv", "", None),
        ("bad.parquet", "no parquet", "ST341"),
        ("bad.jsonl.gz", "no gzip", "ST341"),
    ],
)
def test_what_is_no_result_gets_a_clear_sentence(tmp_path, name, data, code):
    path = tmp_path / name
    if data == "folder":
        path.mkdir()
    elif data is not None:
        path.write_text(data, encoding="utf-8")
    if code is None:
        assert list(read_documents(str(path))) == []
        return
    with pytest.raises(InputError, match=code):
        list(read_documents(str(path)))


def test_what_is_no_file_of_rejects_gets_a_clear_sentence(results, tmp_path):
    with pytest.raises(InputError, match="ST343.*process --rejects"):
        list(read_rejects(str(results / "units.jsonl")))
    with pytest.raises(InputError, match="ST301"):
        list(read_rejects(str(tmp_path / "missing.jsonl")))


def test_a_page_that_cannot_be_written_leaves_nothing(results, tmp_path):
    with pytest.raises(OutputError, match="ST402"):
        write_page(str(tmp_path / "missing" / "page.html"), "page")
    error = run("report", results / "units.jsonl", "-o", tmp_path / "page.pdf", check=2)
    assert ".html" in error
    error = run("report", tmp_path / "missing.jsonl", "-o", tmp_path / "page.html", check=1)
    assert "ST301" in error
    assert list(tmp_path.iterdir()) == []


def test_charts_tell_their_figures_and_draw_them(results):
    content = content_of(results / "units.jsonl")
    figures = draw_charts(content)
    own = content["totals"]["id"]
    assert f"Indonesian, engagement: {own['themes'][content['themes'].index('engagement')]}" in figures
    assert sum(own["words"]) == sum(own["surest"]) == own["units"]
    assert figures.count("<svg") == figures.count('role="img"') == 4
    assert figures in render_page(content, figures)
    assert draw_charts(build_content([], None, source="x", max_units=1)) == ""


def test_units_of_two_themes_are_counted_as_a_pair():
    unit = AdviceUnit(
        0, 11, None, "a b c d e f", themes=("engagement", "data"), scores={"engagement": 0.9, "data": 0.8}
    )
    content = build_content([document_of(unit)], None, source="x", max_units=9)
    one, other = (content["themes"].index(theme) for theme in unit.themes)
    own = content["totals"]["id"]
    assert own["pairs"][one][other] == own["pairs"][other][one] == 1
    assert (own["words"][1], own["surest"][9]) == (1, 1)


def test_the_name_of_a_theme_is_text_in_a_chart():
    unit = AdviceUnit(0, 1, None, "a", themes=(EVIL,), scores={EVIL: 0.9})
    figures = draw_charts(build_content([document_of(unit)], None, source="x", max_units=9))
    assert "<script" not in figures
    assert "<img" not in figures
    assert "&lt;script&gt;" in figures


def test_a_report_without_the_extra_has_no_charts_and_says_so(results, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "altair", None)
    report(str(results / "units.jsonl"), str(tmp_path / "page.html"))
    assert "pip install 'socialtext[report]'" in capsys.readouterr().err
    assert "<svg" not in (tmp_path / "page.html").read_text(encoding="utf-8")
