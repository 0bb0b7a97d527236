"""Every form in which a corpus comes gives the same records; what is wrong with one becomes a reject."""

import csv
import gzip
import io
import json
import os
import sys

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from socialtext.errors import InputError
from socialtext.io import readers
from socialtext.io.cutting import cut_sources
from socialtext.io.readers import ReadOptions, read_parts, read_records
from socialtext.io.schema import Record, Reject
from socialtext.io.sources import find_sources, label_sources

ROWS = [
    {"id": "1", "text": 'یک "متن",\nدو خط', "lang": "fa"},
    {"id": "2", "text": "dua", "lang": "id"},
    {"id": "3", "text": "ثلاثة", "lang": "ar"},
]
JSON_LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
CSV = 'id,text,lang\n1,"یک ""متن"",\nدو خط",fa\n2,dua,id\n\n3,ثلاثة,ar\n'.encode()


def read(path, **options):
    return list(read_records([str(path)], ReadOptions(**options)))


def pack_zstd(data):
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as packed:
        packed.write(data)
    return sink.getvalue().to_pybytes()


def test_documents_leave_other_fields_behind_whatever_they_hold(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"text": "a", "html": "<p>a</p>"}\n', encoding="utf-8")
    (tmp_path / "x.csv").write_text("text,html\na,<p>a</p>\n", encoding="utf-8")
    for name in ("x.jsonl", "x.csv"):
        assert [record.fields for record in read(tmp_path / name)] == [{}]
        assert [record.fields for record in read(tmp_path / name, unit="line")] == [{"html": "<p>a</p>"}]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.jsonl", JSON_LINES),
        ("x.jsonl.gz", gzip.compress(JSON_LINES)),
        ("x.jsonl.gz", gzip.compress(JSON_LINES[:50]) + gzip.compress(JSON_LINES[50:])),
        ("x.jsonl.zst", pack_zstd(JSON_LINES)),
        ("x.jsonl.zst", pack_zstd(JSON_LINES[:50]) + pack_zstd(JSON_LINES[50:])),
        ("x.jsonl", JSON_LINES.decode().encode("utf-16")),
        ("x.csv", CSV),
        ("x.csv", b"\xef\xbb\xbf" + CSV.replace(b"\n2", b"\r\n2")),
        ("x.csv.gz", gzip.compress(CSV)),
        ("x.tsv", CSV.replace(b",fa", b"\tfa").replace(b"2,dua,id", b"2\tdua\tid").replace(b",ar", b"\tar")
            .replace(b"id,text,lang", b"id\ttext\tlang").replace(b'1,"', b'1\t"').replace(b"3,", b"3\t")),
    ],
)  # fmt: skip
def test_text_forms_give_the_same_records(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    records = read(tmp_path / name)
    assert [(record.id, record.text, record.lang, record.number) for record in records] == [
        (row["id"], row["text"], row["lang"], number) for number, row in enumerate(ROWS, 1)
    ]


def test_parquet_gives_the_same_records_and_other_columns_only_to_lines(tmp_path):
    path = tmp_path / "x.parquet"
    table = pa.table({name: [row[name] for row in ROWS] for name in ("id", "text", "lang")} | {"n": [7, 8, 9]})
    table = table.set_column(2, "lang", table["lang"].dictionary_encode())
    pq.write_table(table, path, row_group_size=2)
    assert [(record.id, record.text, record.lang) for record in read(path)] == [tuple(row.values()) for row in ROWS]
    assert [record.fields for record in read(path)] == [{}, {}, {}]
    assert [record.fields for record in read(path, unit="line")] == [{"n": 7}, {"n": 8}, {"n": 9}]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("x.csv", b"id,body\n1,a\n", [(0, "text")]),
        ("x.csv", b"", [(0, "empty")]),
        ("x.csv", b"id,text\n1,a\n2\n3,c,d\n4,e\n", [(1, ""), (2, "csv"), (3, "csv"), (4, "")]),
        ("x.csv", b"text\na\n\n\x22  \x22\nb\n", [(1, ""), (2, "empty"), (3, "")]),
        ("x.jsonl.gz", gzip.compress(JSON_LINES * 9000)[:-20], None),
        ("x.jsonl.zst", pack_zstd(JSON_LINES * 9000)[:-20], None),
        ("x.jsonl.zst", b"no zstd at all, this", [(0, "unreadable")]),
        ("x.parquet", b"PAR1 but not much more", [(0, "unreadable")]),
    ],
)
def test_what_is_wrong_is_a_reject_and_the_rest_is_read(tmp_path, name, data, expected):
    (tmp_path / name).write_bytes(data)
    items = read(tmp_path / name)
    found = [(item.number, item.reason if isinstance(item, Reject) else "") for item in items]
    if expected is not None:
        assert found == expected
    else:
        assert found[-1] == (0, "unreadable")
        assert len(found) > 9000


def test_a_table_without_the_text_column_says_which_it_has(tmp_path):
    pq.write_table(pa.table({"body": ["x"], "url": ["y"]}), tmp_path / "x.parquet")
    (reject,) = read(tmp_path / "x.parquet")
    assert (reject.reason, reject.code) == ("text", "ST314")
    assert "body, url" in reject.message


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_what_is_told_of_it(tmp_path):
    (tmp_path / "x.csv").write_text('id,text\n1,a\n2,"b\n3,c\n4,d\n', encoding="utf-8")
    items = read(tmp_path / "x.csv")
    assert [item.text if isinstance(item, Record) else item.reason for item in items] == ["a", "b\n3,c\n4,d\n"]


@pytest.mark.parametrize("name", ["x.txt", "x.jsonl", "x.csv", "x.parquet"])
def test_a_text_over_the_limit_is_a_reject_and_the_next_is_read(tmp_path, name):
    long, path = "متن " * 3000, tmp_path / name
    if name == "x.txt":
        path.write_text(long, encoding="utf-8")
    elif name == "x.jsonl":
        path.write_text(
            "".join(json.dumps({"text": text}) + "\n" for text in (long, "کوتاه", long[:150])), encoding="utf-8"
        )
    elif name == "x.csv":
        path.write_text(f"text\n{long}\nکوتاه\n{long[:150]}\n", encoding="utf-8")
    else:
        pq.write_table(pa.table({"text": [long, "کوتاه", long[:150]]}), path)
    items = read(path, max_chars=100)
    assert [item.text if isinstance(item, Record) else item.reason for item in items] == (
        ["too_long"] if name == "x.txt" else ["too_long", "کوتاه", "too_long"]
    )


def test_lines_of_utf_16_end_where_they_do_in_utf_8(tmp_path):
    text = "یک\r\nدو\n\nسه\rچهار\n"
    (tmp_path / "a.txt").write_bytes(text.encode("utf-16"))
    records = read(tmp_path / "a.txt", unit="line")
    assert [record.text for record in records] == ["یک", "دو", "", "سه", "چهار"]


def test_addresses_are_read_like_files():
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe({"/corpus/b.jsonl": JSON_LINES, "/corpus/deep/a.csv.gz": gzip.compress(CSV), "/corpus/c.pdf": b"%PDF"})
    try:
        sources = find_sources(["memory://corpus"])
        assert sources == ["memory:///corpus/b.jsonl", "memory:///corpus/deep/a.csv.gz"]
        assert find_sources(["memory://corpus/*.jsonl", "memory://corpus/b.jsonl"])[0] == sources[0]
        assert label_sources(sources) == ["b.jsonl", "a.csv.gz"]
        records = list(read_records(sources, ReadOptions()))
        assert [record.text for record in records] == [row["text"] for row in ROWS] * 2
        with pytest.raises(InputError, match="ST301"):
            find_sources(["memory://nothing/here.txt"])
        with pytest.raises(InputError, match="ST302"):
            find_sources(["memory://corpus/*.tsv"])
    finally:
        memory.rm("/corpus", recursive=True)


def test_an_address_of_a_kind_that_is_not_known_gets_a_clear_sentence():
    with pytest.raises(InputError, match="ST305.*nonsense"):
        find_sources(["nonsense://bucket/x.txt"])


def test_a_folder_below_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    (tmp_path / "deep").mkdir()
    scan = os.scandir

    def refuse(place):
        if str(place).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(place))
        return scan(place)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="ST304.*Permission denied"):
        find_sources([str(tmp_path)])


AR = "في الواقع ، يجب أن ترد على تعليقات العملاء كل يوم ، لأن الصمت يبعدهم عن متجرك."
OLD_AR = AR.encode("windows-1256")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.txt", OLD_AR),
        ("x.jsonl", b'{"text": "' + OLD_AR + b'"}\n'),
        ("x.csv", b"id,text\n1," + OLD_AR + b"\n"),
        ("x.csv", "id,نص\n".encode("windows-1256") + b"1," + OLD_AR + b"\n"),
    ],
)
@pytest.mark.parametrize("unit", ["document", "line"])
def test_text_in_an_old_encoding_that_was_not_named_is_a_reject_that_says_what_to_do(tmp_path, name, data, unit):
    (tmp_path / name).write_bytes(data)
    (found,) = read(tmp_path / name, unit=unit)
    assert (found.reason, found.code) == ("encoding", "ST318")
    assert "--encoding" in found.message
    assert "windows-1256" in found.message


def test_a_few_undecodable_places_are_no_reason_to_reject_a_text(tmp_path):
    (tmp_path / "x.txt").write_bytes(
        "Kata pembeli \u201cbagus\u201d, dan toko ini akan saya datangi lagi.".encode("cp1252")
    )
    (record,) = read(tmp_path / "x.txt")
    assert isinstance(record, Record)
    assert record.n_replaced == 2


def test_documents_in_utf_8_stand_beside_documents_in_the_encoding_that_is_named(tmp_path):
    for name, data in [("a.txt", AR.encode()), ("b.txt", OLD_AR), ("c.txt", b"dua"), ("d.txt", AR.encode("utf-16"))]:
        (tmp_path / name).write_bytes(data)
    options = ReadOptions(encoding="cp1256")
    records = list(read_records(find_sources([str(tmp_path)]), options))
    assert [record.text for record in records] == [AR, AR, "dua", AR]
    assert not any(record.n_replaced for record in records)


def test_a_named_encoding_of_wide_characters_holds_for_what_looks_like_utf_8(tmp_path):
    (tmp_path / "x.txt").write_bytes("dua".encode("utf-16-le"))
    (record,) = read(tmp_path / "x.txt", encoding="utf-16-le")
    assert record.text == "dua"


@pytest.mark.parametrize("meta", ['charset="windows-1256"', 'http-equiv="Content-Type" content="text/html; charset=x"'])
@pytest.mark.parametrize("name", ["x.html", "X.HTM"])
def test_a_page_of_html_is_read_in_the_encoding_that_it_names(tmp_path, meta, name):
    pytest.importorskip("trafilatura")
    page = f"<html><head><meta {meta}></head><body><article><p>{AR}</p><p>{AR} {AR}</p></article></body></html>"
    encoding = "windows-1256"
    (tmp_path / name).write_bytes(page.replace("charset=x", f"charset={encoding}").encode(encoding))
    (record,) = read(tmp_path / name)
    assert record.text.startswith(AR)
    # One that was saved in UTF-8 later may still name what it was before.
    (tmp_path / name).write_bytes(page.replace("charset=x", f"charset={encoding}").encode())
    (record,) = read(tmp_path / name)
    assert record.text.startswith(AR)


@pytest.mark.parametrize("charset", ["nonsense", "utf-16", "undefined", "hex", "idna"])
def test_a_page_that_names_its_encoding_wrongly_is_read_all_the_same(tmp_path, charset):
    pytest.importorskip("trafilatura")
    text = "Balas setiap komentar pelanggan Anda di hari yang sama, dan tanyakan pendapat mereka. " * 3
    (tmp_path / "x.html").write_bytes(f"<html><meta charset={charset}><body><p>{text}</p></body></html>".encode())
    (record,) = read(tmp_path / "x.html")
    assert record.text.startswith("Balas setiap komentar")


def test_a_page_that_names_latin_1_is_read_as_windows_writes_it(tmp_path):
    pytest.importorskip("trafilatura")
    text = "Balas komentar “bagus” dari pelanggan Anda di hari yang sama, lalu tanyakan pendapat mereka. " * 3
    page = f"<html><meta charset=iso-8859-1><body><p>{text}</p></body></html>".encode("cp1252")
    (tmp_path / "x.html").write_bytes(page)
    (record,) = read(tmp_path / "x.html")
    assert record.text.startswith("Balas komentar “bagus” dari")


def test_an_old_arabic_page_that_names_latin_1_is_a_reject_that_says_what_to_do(tmp_path):
    pytest.importorskip("trafilatura")
    page = f"<html><meta charset=iso-8859-1><body><article><p>{AR} {AR}</p></article></body></html>"
    (tmp_path / "x.html").write_bytes(page.encode("windows-1256"))
    (found,) = read(tmp_path / "x.html")
    assert (found.reason, found.code) == ("encoding", "ST318")
    assert "windows-1256" in found.message
    (record,) = read(tmp_path / "x.html", encoding="cp1256")
    assert record.text.startswith(AR)


@pytest.mark.parametrize("unit", ["document", "line"])
def test_one_damaged_byte_does_not_make_utf_8_another_encoding(tmp_path, unit):
    (tmp_path / "x.txt").write_bytes(AR.encode() + b"\xd8")
    (record,) = read(tmp_path / "x.txt", unit=unit, encoding="cp1256")
    assert (record.text, record.n_replaced) == (AR + "\N{REPLACEMENT CHARACTER}", 1)


def test_lines_in_utf_8_stand_beside_lines_in_the_encoding_that_is_named(tmp_path):
    for name, data in [("a.txt", AR.encode()), ("b.txt", OLD_AR)]:
        (tmp_path / name).write_bytes(data + "\nسگ\n".encode("utf-8" if name == "a.txt" else "cp1256"))
    records = list(read_records(find_sources([str(tmp_path)]), ReadOptions("line", "cp1256")))
    assert [record.text for record in records] == [AR, "سگ"] * 2


def test_undecodable_places_in_lines_of_utf_16_are_counted(tmp_path):
    (tmp_path / "x.txt").write_bytes("satu\ndua".encode("utf-16") + b"\x00\xd8\n\x00")
    records = read(tmp_path / "x.txt", unit="line")
    assert [record.n_replaced for record in records] == [0, 1]


def test_columns_of_one_name_or_none_are_all_kept(tmp_path):
    (tmp_path / "x.csv").write_text("text,note,note,,note_2,text\na,1,2,3,4,b\n", encoding="utf-8")
    table = pa.table([["a"], ["1"], ["2"], ["3"], ["4"], ["b"]], names=["text", "note", "note", "", "note_2", "text"])
    pq.write_table(table, tmp_path / "x.parquet")
    for name in ("x.csv", "x.parquet"):
        (record,) = read(tmp_path / name, unit="line")
        assert record.text == "a"
        assert record.fields == {"note": "1", "note_3": "2", "column_4": "3", "note_2": "4", "text_2": "b"}


def test_a_value_of_parquet_that_python_has_no_type_for_is_text_and_a_damaged_one_a_reject(tmp_path):
    times = pa.array([1, 2, 3], pa.timestamp("ns"))
    damaged = pa.Array.from_buffers(
        pa.string(), 3, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0\4\0\0\0"), pa.py_buffer(b"a\xff\xfeb")]
    )
    days = pa.array([10**8, 0, 0], pa.int32()).cast(pa.date32())
    columns = {"text": ["satu", "dua", "tiga"], "time": times, "damaged": damaged, "day": days}
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    first, second, third = read(tmp_path / "x.parquet", unit="line")
    assert (first.text, third.text, third.fields["damaged"]) == ("satu", "tiga", "b")
    assert "100000000" in first.fields["day"]
    assert str(third.fields["time"]).startswith("1970-01-01 00:00:00")
    assert (second.number, second.reason, second.code) == (2, "parquet", "ST322")


def test_a_header_with_a_single_undecodable_letter_says_which_fields_there_are(tmp_path):
    (tmp_path / "x.csv").write_bytes("café,isi\n1,2\n".encode("cp1252"))
    (reject,) = read(tmp_path / "x.csv")
    assert reject.code == "ST314"
    assert "name it with --text-field; 1 place could not be decoded: is it in another encoding" in reject.message


def test_a_text_that_is_null_is_called_that(tmp_path):
    (tmp_path / "x.jsonl").write_text('{"id": 1, "text": null}\n{"text": 5}\n', encoding="utf-8")
    null, number = read(tmp_path / "x.jsonl")
    assert (null.code, null.message) == ("ST314", "line 1: field 'text' is null")
    assert number.message == "line 2: field 'text' is no text"


@pytest.mark.parametrize(
    "deliveries", [[b"{", b'"text": "satu"}\n'], [b"{}\n", b'{"text": "satu"}\n'], [b' { "text": "satu"}']]
)
def test_json_lines_are_known_by_the_first_bytes_that_a_pipe_delivers(monkeypatch, deliveries):
    class Pipe(io.RawIOBase):
        def __init__(self):
            self.rest = list(deliveries)

        def readable(self):
            return True

        def readinto(self, buffer):
            data = self.rest.pop(0) if self.rest else b""
            buffer[: len(data)] = data
            return len(data)

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Pipe())))
    *_, record = read("-")
    assert record.text == "satu"


@pytest.mark.parametrize(("delimiter", "name"), [(";", "x.csv"), ("\t", "x.csv"), (";", "x.tsv"), (",", "X.CSV")])
def test_a_table_is_read_by_the_delimiter_of_its_header(tmp_path, delimiter, name):
    rows = [["tanggal", "text"], ["1", '"satu; dua, tiga"'], ["2", '"a\nb"']]
    data = "\r\n".join(delimiter.join(row) for row in rows).encode("utf-8-sig")
    (tmp_path / name).write_bytes(data)
    assert [record.text for record in read(tmp_path / name)] == ["satu; dua, tiga", "a\nb"]


def test_the_parts_of_a_table_have_the_delimiter_of_its_header(tmp_path):
    lines = ["text;nomor"] + [f'"satu, dua";{number}' for number in range(400)]
    (tmp_path / "x.csv").write_bytes("\n".join(lines).encode("utf-8-sig"))
    shards = list(cut_sources([str(tmp_path / "x.csv")], 1000, ReadOptions()))
    records = [record for parts in shards for record in read_parts(parts, ReadOptions())]
    assert len(shards) > 3
    assert [record.text for record in records] == ["satu, dua"] * 400
    assert [record.number for record in records] == list(range(1, 401))


def test_fields_of_a_table_without_the_text_are_told_one_by_one(tmp_path):
    (tmp_path / "x.csv").write_text("تاریخ;متن\n1;2\n", encoding="utf-8-sig")
    (reject,) = read(tmp_path / "x.csv")
    assert "(its fields: تاریخ, متن); name it with --text-field" in reject.message


def test_files_whose_endings_are_capitals_are_found_and_read(tmp_path):
    for name, data in [("A.TXT", b"satu"), ("B.JSONL", b'{"text": "dua"}'), ("C.Jsonl.GZ", gzip.compress(JSON_LINES))]:
        (tmp_path / name).write_bytes(data)
    records = list(read_records(find_sources([str(tmp_path)]), ReadOptions()))
    assert [record.text for record in records] == ["satu", "dua", *(row["text"] for row in ROWS)]


def test_a_table_of_nothing_but_its_header_is_told(tmp_path):
    (tmp_path / "x.csv").write_text("id,text\n", encoding="utf-8")
    (reject,) = read(tmp_path / "x.csv")
    assert (reject.reason, reject.message) == ("empty", "holds no records")


def test_hidden_files_of_a_folder_are_passed_over_unless_they_are_named(tmp_path):
    (tmp_path / ".checkpoints").mkdir()
    for name in ("a.txt", "._a.txt", ".checkpoints/a.txt"):
        (tmp_path / name).write_text("satu", encoding="utf-8")
    assert find_sources([str(tmp_path)]) == [str(tmp_path / "a.txt")]
    hidden = str(tmp_path / "._a.txt")
    assert find_sources([hidden]) == [hidden]
    files = fsspec.filesystem("memory")
    for name in ("/hidden/a.txt", "/hidden/.b.txt", "/hidden/.c/d.txt"):
        files.pipe_file(name, b"satu")
    try:
        assert find_sources(["memory://hidden"]) == ["memory:///hidden/a.txt"]
        assert find_sources(["memory://hidden/**/*.txt"]) == ["memory:///hidden/a.txt"]
        assert find_sources(["memory://hidden/.c/*.txt"]) == ["memory:///hidden/.c/d.txt"]
    finally:
        files.rm("/hidden", recursive=True)


@pytest.mark.parametrize(("name", "way"), [("x.json", "jq -c"), ("x.XLSX", "CSV"), ("x.pdf", "pdftotext")])
def test_an_ending_that_is_not_read_gets_a_way_round(tmp_path, name, way):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(InputError, match=f"ST303: .*cannot read this ending; expected .txt, .*{way}"):
        find_sources([str(tmp_path / name)])


def test_what_follows_the_limit_in_a_cell_that_is_too_long_is_taken_for_no_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "N_CHARACTERS_CELL", 30)
    limit = csv.field_size_limit()
    (tmp_path / "a.csv").write_text(
        'id,text\n1,"satu, dua\n' + "tiga, empat\n" * 5 + '"\n2,lima\n3,"enam\ntujuh"\n' + "4," + 40 * "x" + "\n5,ya\n"
    )
    rejects, found = [], []
    for record in read_records([str(tmp_path / "a.csv")], ReadOptions()):
        (rejects if isinstance(record, Reject) else found).append(record)
    csv.field_size_limit(limit)  # one for all of a process
    assert [(reject.number, reject.reason) for reject in rejects] == [(1, "csv"), (4, "csv")]
    assert [(record.id, record.text) for record in found] == [("2", "lima"), ("3", "enam\ntujuh"), ("5", "ya")]
