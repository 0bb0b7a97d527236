"""Records on their way to rows: which language is given for one, and how many are handled together."""

import pytest

from socialtext.batches import BATCH_CHARS
from socialtext.engines.shard import Fault, Job, Tally, known_language, process_records
from socialtext.errors import InputError, ModelError
from socialtext.io.readers import ReadOptions
from socialtext.io.schema import Record, Reject


@pytest.mark.parametrize(
    ("of_record", "lang"),
    [
        ("fa", "fa"), ("FA", "fa"), ("fa-IR", "fa"), ("fa_IR", "fa"), ("FA-Arab-AF", "fa"), (" fa ", "fa"),
        ("fas", "fa"), ("per", "fa"), ("ara", "ar"), ("ara-EG", "ar"), ("IND", "id"), ("id-ID", "id"), ("in", "id"),
    ],
)  # fmt: skip
def test_case_region_and_length_of_a_code_do_not_matter(of_record, lang):
    assert known_language(of_record, "auto") == lang


@pytest.mark.parametrize("of_record", [None, "", "  ", "-"])
def test_a_record_that_names_no_language_has_it_found(of_record):
    assert known_language(of_record, "auto") is None


@pytest.mark.parametrize("of_record", ["de", "en-US", "arz", "Persian", "farsi"])
def test_another_language_is_named_beside_those_that_are_known(of_record):
    with pytest.raises(InputError, match=f"ST321.*'{of_record}'.*ar, fa, id"):
        known_language(of_record, "auto")


def test_the_language_of_the_run_goes_before_that_of_a_record():
    assert known_language("de", "fa") == "fa"


class Kept(list):
    write = list.extend


def record(number, text="teks", lang=None):
    return Record(f"d{number}", text, lang, "a.jsonl", number, len(text), 0, {})


def process(items, n_at_once, handle=None, killers=None):
    """Return rows, rejects, and the sizes of the batches and the places that were told."""
    rows, rejects, sizes, places = Kept(), Kept(), [], []

    def number_records(records):
        sizes.append(len(records))
        return [([{"id": item.id}], 1) for item in records]

    tally = Tally()
    process_records(
        items, handle or number_records, rows, rejects, tally,
        killers=killers, n_at_once=n_at_once, watch=lambda at, tally: places.append(at),
    )  # fmt: skip
    assert tally.n_records == len(rows)
    assert tally.n_rejected == len(rejects)
    return [row["id"] for row in rows], [(row["number"], row["reason"]) for row in rejects], sizes, places


@pytest.mark.parametrize(("n_at_once", "sizes"), [(1, [1, 1, 0, 0, 1, 1]), (4, [2, 2]), (64, [4])])
def test_rows_and_rejects_are_the_same_for_any_size_of_batch(n_at_once, sizes):
    items = [record(1), record(2), Reject("a.jsonl", 3, "json", "ST311", "broken"), record(4), record(5), record(6)]
    fault = Fault("killed_worker", "ST381", "killed its worker 3 times")
    rows, rejects, found, places = process(items, n_at_once, killers={3: fault})
    assert rows == ["d1", "d2", "d5", "d6"]
    assert rejects == [(3, "json"), (4, "killed_worker")]
    assert found == sizes
    assert places == [*range(0, len(items), n_at_once), len(items)]


def test_a_long_record_is_handled_alone():
    items = [record(1), record(2, "x" * (BATCH_CHARS + 1)), record(3), record(4)]
    assert process(items, 64)[2] == [1, 1, 2]


def test_an_error_of_one_record_is_no_error_of_those_beside_it():
    def handle(records):
        return [ZeroDivisionError("by zero"), InputError("ST320", "another language"), ([{"id": "d3"}], 1)]

    rows, rejects, _, _ = process([record(1), record(2), record(3)], 64, handle)
    assert rows == ["d3"]
    assert rejects == [(1, "failed"), (2, "language")]


def test_a_damaged_model_is_no_fault_of_a_record():
    with pytest.raises(ModelError, match="ST504"):
        process([record(1)], 64, lambda records: [ModelError("ST504", "damaged")])


def test_documents_become_together_what_each_becomes_by_itself():
    texts = [
        ("رد على كل تعليق في اليوم نفسه. فمن يتأخر يخسر زبائنه.", None), ("Balas setiap komentar hari ini.", "id"),
        ("به هر نظر همان روز پاسخ دهید.", "fa-IR"), ("Eine Antwort auf jede Frage, und zwar am selben Tag.", None),
        ("Balas setiap komentar hari ini.", "de"), ("…", None), ("Ukur penjualan toko setiap bulan.", "ar"),
    ]  # fmt: skip
    records = [record(number, *given) for number, given in enumerate(texts, 1)]
    job = Job("auto", "standard", "units", False, ReadOptions(), n_shown=1)
    together, alone = job.make_handler(), job.make_handler()
    outcomes = together(records)
    assert [repr(outcome) for outcome in outcomes] == [repr(alone([each])[0]) for each in records]
    assert [isinstance(outcome, InputError) for outcome in outcomes] == [False, False, False, True, True, True, False]
    assert together.shown == alone.shown
