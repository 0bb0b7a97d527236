"""The command line as a user runs it: results, counts, and a clear sentence for whatever is wrong."""

import csv
import gzip
import io
import json
import math
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.metadata import version

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

FA = "یکی از بزرگ‌ترین اشتباهات فروشگاه‌ها باز کردن حساب در همهٔ شبکه‌های اجتماعی است. بهتر است فقط یکی را انتخاب کنید."
ID = "Balas setiap komentar pelanggan Anda di hari yang sama. Tanyakan pendapat mereka tentang produk baru."
AR = "في الواقع ، يجب أن ترد على تعليقات العملاء كل يوم ، لأن الصمت يبعدهم عن متجرك."


def run(*args, stdin=None, check=None):
    result = subprocess.run(
        [sys.executable, "-m", "socialtext", *map(str, args)], capture_output=True, input=stdin, timeout=120
    )
    error = result.stderr.decode()
    assert "Traceback" not in error
    if check is not None:
        assert result.returncode == check, error
    return result.stdout.decode(), error


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.txt").write_text(AR, encoding="utf-8")
    (folder / "b.txt").write_text(FA, encoding="utf-8")
    (folder / "c.txt").write_text(ID, encoding="utf-8")
    return folder


def test_a_folder_becomes_units_with_themes(pages, tmp_path):
    out = tmp_path / "units.jsonl"
    _, error = run("process", pages, "-o", out, check=0)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(row["doc_id"], row["lang"], row["unit"]) for row in rows] == [
        ("a.txt", "ar", 0), ("b.txt", "fa", 0), ("c.txt", "id", 0),
    ]  # fmt: skip
    assert rows[1]["themes"][0] == "channel_choice"
    assert rows[2]["themes"][0] == "engagement"
    assert rows[2]["advice"] is True
    assert set(rows[0]) == {
        "doc_id", "lang", "unit", "start", "end", "heading", "text", "advice", "advice_score", "themes",
        "score_engagement", "score_channel_choice", "score_social_commerce", "score_data",
    }  # fmt: skip
    assert "3 documents, 3 units, 0 rejected" in error
    assert rows[0]["text"].startswith("في الواقع، يجب")


def test_csv_and_parquet_hold_the_same_rows_as_json_lines(pages, tmp_path):
    for ending in ("jsonl", "csv", "parquet"):
        run("process", pages, "-o", tmp_path / f"units.{ending}", check=0)
    rows = [json.loads(line) for line in (tmp_path / "units.jsonl").read_text(encoding="utf-8").splitlines()]
    table = pq.read_table(tmp_path / "units.parquet")
    assert [str(table.schema.field(name).type) for name in ("unit", "start", "advice_score", "themes")] == [
        "int32", "int64", "float", "list<element: string>",
    ]  # fmt: skip
    assert [row["text"] for row in table.to_pylist()] == [row["text"] for row in rows]
    with (tmp_path / "units.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert [cell["themes"].split("|") for cell in cells] == [row["themes"] or [""] for row in rows]


def test_documents_carry_offsets_into_the_raw_text(pages, tmp_path):
    out = tmp_path / "docs.jsonl"
    run("process", pages / "a.txt", "-o", out, "--records", "documents", "--with-text", check=0)
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["raw"] == AR
    assert AR[document["units"][0]["start"] : document["units"][0]["end"]] == AR
    assert [block["kind"] for block in document["blocks"]] == ["paragraph"]


def test_standard_input_and_output_are_json_lines():
    out, _ = run("process", "-", "-o", "-", "--lang", "id", stdin=ID.encode(), check=0)
    assert json.loads(out)["doc_id"] == "stdin"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_json_lines_on_standard_input_are_records(mark):
    rows = [{"id": 5, "text": ID}, {"text": AR}]
    lines = mark + "".join(json.dumps(row) + "\n" for row in rows)
    for command in ("process", "normalize"):
        out, _ = run(command, "-", "-o", "-", stdin=lines.encode(), check=0)
        found = [json.loads(line) for line in out.splitlines()]
        assert [row.get("doc_id", row.get("id")) for row in found] == ["5", "stdin:2"]
        assert [row["lang"] for row in found] == ["id", "ar"]


def test_json_records_bring_their_id_and_language(tmp_path):
    source = tmp_path / "in.jsonl.gz"
    rows = [{"key": 7, "body": ID, "lang": "id"}, {"key": "x", "body": AR}]
    source.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    out, _ = run("process", source, "-o", "-", "--text-field", "body", "--id-field", "key", check=0)
    assert [json.loads(line)["doc_id"] for line in out.splitlines()] == ["7", "x"]


def test_the_table_shows_document_language_theme_and_first_words(pages, tmp_path):
    out, _ = run("process", pages, "-o", tmp_path / "u.parquet", "--show", "2", check=0)
    lines = {line.split("│")[1].strip(): line for line in out.splitlines() if line.count("│") > 4}
    assert set(lines) >= {"a.txt", "b.txt", "c.txt"}
    assert "channel_choice" in lines["b.txt"]
    assert " fa " in lines["b.txt"]
    assert "یکی از" in lines["b.txt"]


def test_bad_records_are_rejected_with_a_reason_and_the_others_go_on(tmp_path):
    source, out, rejects = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    lines = [
        json.dumps({"id": "good", "text": ID}), '{"text": "broken', '{"title": "no text"}', '{"text": "  "}', "[1, 2]",
        json.dumps({"text": "Dies ist ein deutscher Text über das Wetter und die schönen Berge im Sommer."}),
        json.dumps({"text": "12345 !!"}),
    ]  # fmt: skip
    source.write_text("\n".join(lines), encoding="utf-8")
    _, error = run("process", source, "-o", out, "--rejects", rejects, check=0)
    assert json.loads(out.read_text(encoding="utf-8"))["doc_id"] == "good"
    found = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
    assert [(row["number"], row["reason"], row["code"]) for row in found] == [
        (2, "json", "ST313"), (3, "text", "ST314"), (4, "empty", "ST312"), (5, "json", "ST313"),
        (6, "language", "ST320"), (7, "language", "ST320"),
    ]  # fmt: skip
    assert "'de'" in found[4]["message"]
    assert "1 document, 1 unit, 6 rejected" in error


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty, ST312"), (b"\n \n", "empty, ST312"), (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "binary, ST311")],
)
def test_a_file_without_text_is_a_reject_and_alone_a_failure(tmp_path, data, reason):
    (tmp_path / "x.txt").write_bytes(data)
    _, error = run("process", tmp_path / "x.txt", "-o", tmp_path / "out.jsonl", check=1)
    assert reason in error
    assert "none of the documents could be processed" in error


def test_invalid_utf8_is_replaced_and_counted(tmp_path):
    (tmp_path / "x.txt").write_bytes(ID.encode() + b" \xff\xfe\xff")
    out, error = run("process", tmp_path / "x.txt", "-o", "-", check=0)
    assert "3 undecodable places became U+FFFD" in error
    assert "\N{REPLACEMENT CHARACTER}" in json.loads(out)["text"]


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (AR.encode("utf-16"), []),
        (b"\xfe\xff" + AR.encode("utf-16-be"), []),
        (b"\xef\xbb\xbf" + AR.encode(), []),
        (AR.encode("windows-1256"), ["--encoding", "windows-1256"]),
    ],
)
def test_other_encodings_are_read_by_mark_or_by_name(tmp_path, data, options):
    (tmp_path / "x.txt").write_bytes(data)
    out, error = run("process", tmp_path / "x.txt", "-o", "-", *options, check=0)
    assert json.loads(out)["text"].startswith("في الواقع، يجب أن ترد")
    assert "undecodable" not in error


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (
            ["process", "{tmp}/missing.txt", "-o", "{tmp}/o.jsonl"],
            1,
            "ST301: {tmp}/missing.txt: no such file",
        ),
        (["process", "{tmp}/*.nothing", "-o", "{tmp}/o.jsonl"], 1, "ST302"),
        (["process", "{tmp}/x.pdf", "-o", "{tmp}/o.jsonl"], 2, "ST303"),
        (["process", "{tmp}/x.txt", "-o", "{tmp}/o.xlsx"], 2, "ST401"),
        (["normalize", "{tmp}/x.txt", "-o", "{tmp}/o.xlsx"], 2, "ST401"),
        (["process", "{tmp}/x.txt", "-o", "-", "--granularity", "2"], 2, "'--granularity': it must be less than or"),
        (["process", "{tmp}/x.txt", "-o", "-", "--workers", "two"], 2, "'--workers': it must be a valid integer"),
        (["normalize", "{tmp}/x.txt", "-o", "-", "--lang", "xx"], 2, "'--lang': 'xx' is not one of 'auto', 'ar'"),
        (["train", "everything", "--data", ".", "-o", "x"], 2, "'WHAT': 'everything' is not one of 'blocks'"),
        (["process", "{tmp}/x.txt", "-o", "{tmp}/no/folder/o.jsonl"], 1, "ST402"),
        (["process", "{tmp}/x.txt", "-o", "/proc/o.jsonl"], 1, "ST402"),
        (["process", "{tmp}/x.txt", "-o", "{tmp}/no/folder/o.jsonl"], 1, "its folder does not exist, make it first"),
        (["process", "{tmp}/x.txt", "-o", "{tmp}/plain"], 2, "ST401: {tmp}/plain: is no folder: give a name that"),
        (["process", "{tmp}/x.txt", "-o", "-", "--summary", "{tmp}/no/s.json"], 2, "does not exist, make it first"),
        (["evaluate", "{tmp}/x.txt", "{tmp}/x.txt"], 2, "--records documents"),
        (["process", "{tmp}/x.txt", "-o", "-", "--encoding", "klingon"], 2, "klingon"),
        (["process", "{tmp}/x.txt", "-o", "-", "--encoding", "undefined"], 2, "'undefined' is no text encoding"),
        (["normalize", "{tmp}/x.txt", "-o", "-", "--encoding", "hex"], 2, "'hex' is no text encoding"),
        (["normalize", "{tmp}/x.txt", "-o", "/"], 2, "ST401: '/' is no file name"),
        (["process", "{tmp}/x.txt"], 2, "--output"),
        (["process", "{tmp}/x.txt", "-o", "-", "--lang", "de"], 2, "de"),
        (["sing"], 2, "sing"),
    ],
)
def test_wrong_use_gets_a_clear_sentence(tmp_path, args, code, message):
    (tmp_path / "x.txt").write_text(ID, encoding="utf-8")
    (tmp_path / "x.pdf").write_text("%PDF", encoding="utf-8")
    (tmp_path / "plain").write_text("", encoding="utf-8")
    _, error = run(*(arg.format(tmp=tmp_path) for arg in args), check=code)
    assert " ".join(message.format(tmp=tmp_path).split()) in " ".join(error.split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_under_the_final_name(tmp_path, number):
    out = tmp_path / "out.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "socialtext", "process", "-", "-o", str(out), "--lang", "id"],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    part = tmp_path / "out.jsonl.part"
    for _ in range(300):
        if part.exists():
            break
        time.sleep(0.05)
    assert part.exists()
    time.sleep(0.2)
    os.kill(process.pid, number)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"interrupted" in error
    assert b"Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_normalize_keeps_records_in_order(tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("في الواقع ، نعم\n\nمحـــمد\n", encoding="utf-8")
    run("normalize", source, "-o", tmp_path / "out.txt", "--lang", "ar", check=0)
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "في الواقع، نعم\n\nمحمد\n"


def test_in_plain_text_a_record_that_is_rejected_leaves_an_empty_line(tmp_path):
    source, out = tmp_path / "in.txt", tmp_path / "out.txt"
    german = "Dies ist ein deutscher Text über das Wetter und die schönen Berge im Sommer."
    (tmp_path / "in.jsonl").write_text(
        "".join(json.dumps({"text": text}) + "\n" for text in [ID, german, AR]) + '{"text"\n', encoding="utf-8"
    )
    source.write_bytes(AR.encode() + b"\n\xc7\xe1\xca\xd3\xe6\xed\xde\n12  %\n")
    _, error = run("normalize", source, tmp_path / "in.jsonl", "-o", out, check=0)
    lines = out.read_text(encoding="utf-8").split("\n")
    assert [line[:8] for line in lines] == ["في الواق", "", "12%", ID[:8], "", "في الواق", "", ""]
    assert "4 records, 3 rejected" in error


def test_records_without_words_are_kept_in_any_language(tmp_path):
    source = tmp_path / "in.jsonl"
    texts = [ID, "👍👍", "  2024 ", "", FA]
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    out, error = run("normalize", source, "-o", "-", check=0)
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["lang"], row["text"][:4]) for row in rows] == [
        ("id", "Bala"), (None, "👍👍"), (None, "2024"), (None, ""), ("fa", "یکی "),
    ]  # fmt: skip
    assert "0 rejected" in error


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_normalized_tables_keep_the_other_columns(tmp_path, ending):
    source, out = tmp_path / "in.csv", tmp_path / f"out.{ending}"
    source.write_text(f'تاریخ;متن;lang\n1402/01/02;"{FA}";fa\n1402/01/03;"قيمت ; خوب";fa\n', encoding="utf-8-sig")
    run("normalize", source, "-o", out, "--text-field", "متن", check=0)
    if ending == "csv":
        with out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        rows = pq.read_table(out).to_pylist()
    assert list(rows[0]) == ["id", "lang", "text", "تاریخ"]
    assert [(row["id"], row["text"], row["تاریخ"]) for row in rows[1:]] == [("in.csv:2", "قیمت؛ خوب", "1402/01/03")]


def test_columns_are_those_of_the_first_record_and_what_is_left_out_is_told(tmp_path):
    source, out = tmp_path / "in.jsonl", tmp_path / "out.csv"
    rows = [{"text": ID, "likes": 3, "tags": ["a", "b"]}, {"text": ID, "url": "u", "tags": "\ud800"}]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    _, error = run("normalize", source, "-o", out, check=0)
    with out.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [(row["likes"], row["tags"]) for row in found] == [("3", '["a", "b"]'), ("", "\N{REPLACEMENT CHARACTER}")]
    assert "were left out: url" in error


def test_what_json_has_no_type_for_is_written_as_text(tmp_path):
    source = tmp_path / "in.parquet"
    when, blob = datetime(2024, 1, 2, 3, tzinfo=UTC), b"\xff"
    pq.write_table(pa.table({"text": [ID], "when": [when], "blob": [blob], "price": [Decimal("1.50")]}), source)
    out, _ = run("normalize", source, "-o", "-", check=0)
    row = json.loads(out)
    assert (row["when"], row["blob"], row["price"]) == ("2024-01-02T03:00:00+00:00", "/w==", "1.50")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_dates_decimals_and_durations_stand_in_tables_without_quotation_marks(tmp_path, ending):
    source, out = tmp_path / "in.parquet", tmp_path / f"out.{ending}"
    values = {"when": date(2024, 1, 2), "price": Decimal("1.50"), "time": timedelta(minutes=5), "blob": b"\xff"}
    values |= {"rate": math.nan, "likes": 3}
    pq.write_table(pa.table({"text": [ID]} | {name: [value] for name, value in values.items()}), source)
    run("normalize", source, "-o", out, check=0)
    if ending == "csv":
        with out.open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
    else:
        (row,) = pq.read_table(out).to_pylist()
    assert [row[name] or "" for name in values] == ["2024-01-02", "1.50", "0:05:00", "/w==", "", "3"]


def test_what_is_no_number_is_null_in_json_lines(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"text": ID, "a": math.nan, "b": [1.5, {"c": -math.inf}]}) + "\n", encoding="utf-8")
    out, _ = run("normalize", source, "-o", "-", check=0)
    assert "NaN" not in out
    row = json.loads(out)
    assert (row["a"], row["b"]) == (None, [1.5, {"c": None}])


def test_no_field_is_lost_to_the_new_name_of_another(tmp_path):
    source = tmp_path / "in.jsonl"
    row = {"key": "k", "body": ID, "id": "a", "given_id": "b", "lang": "id", "given_text": "c", "text": "d"}
    source.write_text(json.dumps(row) + "\n", encoding="utf-8")
    out, _ = run("normalize", source, "-o", "-", "--text-field", "body", "--id-field", "key", check=0)
    found = json.loads(out)
    assert (found["id"], found["given_id"], found["given_given_id"]) == ("k", "b", "a")
    assert (found["text"], found["given_text"], found["given_given_text"]) == (ID, "c", "d")


def test_options_hold_for_records_without_words_too(tmp_path):
    source = tmp_path / "in.txt"
    source.write_text("۱۲۳۴  👍\n", encoding="utf-8")
    for options, expected in [
        ([], "۱۲۳۴ 👍"), (["--digits", "ascii"], "1234 👍"), (["--digits", "local"], "۱۲۳۴ 👍"),
        (["--no-spaces"], "۱۲۳۴  👍"),
    ]:  # fmt: skip
        out, _ = run("normalize", source, "-o", "-", *options, check=0)
        assert json.loads(out)["text"] == expected


def test_normalize_does_not_write_among_the_shards_of_another_result(pages, tmp_path):
    folder = tmp_path / "units"
    run("process", pages, "-o", folder, check=0)
    before = (folder / "part-00000.parquet").read_bytes()
    for command in ("normalize", "process"):
        _, error = run(command, pages, "-o", folder, check=1)
        assert "ST704" in error or "ST701" in error
    assert (folder / "part-00000.parquet").read_bytes() == before


@pytest.mark.parametrize("command", ["process", "normalize"])
def test_a_file_of_the_name_of_the_result_is_replaced_as_the_help_says(pages, tmp_path, command):
    out = tmp_path / "out.jsonl"
    out.write_text("earlier\n", encoding="utf-8")
    run(command, pages, "-o", out, check=0)
    assert "earlier" not in out.read_text(encoding="utf-8")
    help_, _ = run(command, "--help", check=0)
    assert "is replaced once the new one is whole" in " ".join(help_.split())


def test_normalize_keeps_the_other_fields_and_takes_steps_by_name(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "1", "text": 'سال 2022 ، "خوب"', "url": "u"}) + "\n", encoding="utf-8")
    out, _ = run("normalize", source, "-o", "-", "--lang", "fa", "--no-quotes", "--digits", "keep", check=0)
    assert json.loads(out) == {"id": "1", "lang": "fa", "text": 'سال 2022، "خوب"', "url": "u"}


def test_info_names_versions_models_and_languages():
    out, _ = run("info", "--json", check=0)
    facts = json.loads(out)
    assert facts["languages"] == ["ar", "fa", "id"]
    assert set(facts["models"]) == {"blocks", "fa-halfspace", "id-colloquial", "themes", "units"}
    assert all(len(model["sha256"]) == 64 for model in facts["models"].values())


@pytest.mark.parametrize("command", ["process", "normalize", "report", "train", "info"])
def test_help_says_what_a_command_does(command):
    out, _ = run(command, "--help", check=0)
    assert "Usage: socialtext" in out
    assert io.StringIO(out).read().count("--") >= 2


def test_a_failed_run_leaves_an_earlier_result_alone(tmp_path):
    out, rejects = tmp_path / "out.jsonl", tmp_path / "rejects.jsonl"
    out.write_text("earlier\n", encoding="utf-8")
    (tmp_path / "blank.txt").write_text("  \n", encoding="utf-8")
    run("process", tmp_path / "blank.txt", "-o", out, "--rejects", rejects, check=1)
    assert out.read_text(encoding="utf-8") == "earlier\n"
    assert json.loads(rejects.read_text(encoding="utf-8"))["reason"] == "empty"


def test_the_same_target_twice_is_refused(tmp_path):
    (tmp_path / "x.txt").write_text(ID, encoding="utf-8")
    same = tmp_path / "same.jsonl"
    _, error = run("process", tmp_path / "x.txt", "-o", same, "--rejects", same, check=2)
    assert "choose another file" in error.replace("\n", " ")
    _, error = run("process", tmp_path / "x.txt", "-o", same, "--rejects", tmp_path / "r.csv", check=2)
    assert ".jsonl" in error


def test_a_field_named_like_ours_does_not_replace_the_result(tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"doc": 9, "body": "a  b", "text": "OLD", "id": "X"}) + "\n", encoding="utf-8")
    out, _ = run("normalize", source, "-o", "-", "--lang", "id", "--text-field", "body", "--id-field", "doc", check=0)
    assert json.loads(out) == {"id": "9", "lang": "id", "text": "a b", "given_text": "OLD", "given_id": "X"}


def test_an_id_that_is_a_list_and_a_surrogate_do_not_stop_the_run(tmp_path):
    source = tmp_path / "in.jsonl"
    lines = ['{"id": ["a", 1], "text": "x"}', json.dumps({"id": "\ud800", "text": ID})]
    source.write_text("\n".join(lines), encoding="utf-8")
    out, error = run("process", source, "-o", "-", "--lang", "id", check=0)
    assert [json.loads(line)["doc_id"] for line in out.splitlines()] == ["\N{REPLACEMENT CHARACTER}"]
    assert "id, ST315" in error


def test_files_of_one_name_are_told_apart_and_a_file_named_twice_is_read_once(tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(ID, encoding="utf-8")
    a, b = tmp_path / "x" / "a.txt", tmp_path / "y" / "a.txt"
    out, _ = run("process", a, b, a, "-o", "-", check=0)
    assert [json.loads(line)["doc_id"] for line in out.splitlines()] == [str(a), str(b)]


def test_short_lines_of_a_file_are_in_the_language_of_the_file(tmp_path):
    source = tmp_path / "in.txt"
    source.write_text(f"{ID}\nMetrik Open Source\nLeave a Reply\n", encoding="utf-8")
    out, error = run("normalize", source, "-o", "-", check=0)
    assert [json.loads(line)["lang"] for line in out.splitlines()] == ["id"] * 3
    assert "0 rejected" in error


def test_the_language_of_a_record_may_be_written_in_other_ways_and_another_language_is_a_reject(tmp_path):
    source, rejects = tmp_path / "in.jsonl", tmp_path / "rejects.jsonl"
    # Indonesian text, so that only the field can make it Persian
    langs = ["FA", "fa-IR", "per", "de", "en_US"]
    source.write_text("".join(json.dumps({"text": ID, "lang": lang}) + "\n" for lang in langs), encoding="utf-8")
    for command in ("process", "normalize"):
        out, error = run(command, source, "-o", "-", "--rejects", rejects, check=0)
        assert {json.loads(line)["lang"] for line in out.splitlines()} == {"fa"}
        found = [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]
        assert [(row["number"], row["reason"], row["code"]) for row in found] == [
            (4, "language", "ST321"), (5, "language", "ST321"),
        ]  # fmt: skip
        assert "'en_US'" in found[1]["message"]
        assert "ar, fa, id" in found[1]["message"]
        assert " 2 rejected" in error


@pytest.mark.parametrize("command", ["process", "normalize"])
@pytest.mark.parametrize("option", ["-o", "--rejects"])
def test_an_input_is_not_written_over(tmp_path, command, option):
    source, link = tmp_path / "in.jsonl", tmp_path / "link.jsonl"
    source.write_text(json.dumps({"text": ID}) + "\n", encoding="utf-8")
    link.symlink_to(source)
    before = source.read_bytes()
    others = [] if option == "-o" else ["-o", tmp_path / "out.jsonl"]
    for target in (source, tmp_path / "." / "in.jsonl", link):
        _, error = run(command, tmp_path / "*.jsonl", *others, option, target, check=2)
        assert "is one of the inputs: choose another file" in " ".join(error.split())
    assert source.read_bytes() == before
    assert not (tmp_path / "out.jsonl").exists()


def test_the_first_shard_of_a_folder_is_not_written_over_where_it_is_the_input(tmp_path):
    shard = tmp_path / "out" / "part-00000.parquet"
    shard.parent.mkdir()
    pq.write_table(pa.table({"text": [ID]}), shard)
    before = shard.read_bytes()
    _, error = run("normalize", shard, "-o", tmp_path / "out", check=2)
    assert "is one of the inputs" in " ".join(error.split())
    assert shard.read_bytes() == before


def test_texts_are_kept_with_documents_alone(pages, tmp_path):
    _, error = run("process", pages, "-o", tmp_path / "units.jsonl", "--with-text", check=2)
    assert "add --records documents" in " ".join(error.split())
    assert not (tmp_path / "units.jsonl").exists()


def test_the_version_is_that_of_the_package():
    out, _ = run("--version", check=0)
    assert out == f"socialtext {version('socialtext')}\n"


@pytest.mark.parametrize(
    ("command", "arguments"),
    [("process", "INPUT..."), ("normalize", "INPUT..."), ("train", "WHAT"), ("evaluate", "GOLD PREDICTED")],
)
def test_usage_names_the_arguments(command, arguments):
    out, _ = run(command, "--help", check=0)
    assert out.split("\n")[0] == f"Usage: socialtext {command} [OPTIONS] {arguments}"


def test_an_address_whose_package_is_missing_says_what_to_install(tmp_path):
    code = "import sys; sys.modules['s3fs'] = None; from socialtext.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, "process", "s3://bucket/x.txt", "-o", str(tmp_path / "o.jsonl")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert result.returncode == 1
    assert "ST602: s3://bucket/x.txt" in result.stderr
    assert "pip install 'socialtext[s3]'" in result.stderr
    assert "Traceback" not in result.stderr
