"""What is published is what was measured: tables and plots agree with the kept results, which describe their run."""

import json
import re
import socket

import pytest
from benchmarks import render, runner
from benchmarks.bench_segment_speed import tabulate
from benchmarks.data import SOURCES
from benchmarks.tables import Table

RESULTS = runner.read_results()
FACTS = ("date", "commit", "machine", "cpu", "cores", "python", "versions", "data", "models", "minutes", "figures")


def test_every_benchmark_has_a_kept_result():
    assert tuple(RESULTS) == runner.NAMES


def test_the_tables_are_those_of_the_kept_results():
    """If not, run ``python -m benchmarks render``."""
    text = render.README.read_text(encoding="utf-8")
    assert render.fill(text, RESULTS) == text


def test_another_figure_in_a_result_is_another_table():
    results = json.loads(json.dumps(RESULTS))
    row = next(row for row in results["halfspace_quality"]["figures"]["rows"] if row["contestant"] == "socialtext")
    row["perdt"]["stripped"]["f1"] -= 0.01
    text = render.README.read_text(encoding="utf-8")
    assert render.fill(text, results) != text


def test_a_result_without_a_place_is_not_left_out_in_silence():
    with pytest.raises(SystemExit, match="places"):
        render.fill("<!-- results: sources -->\n<!-- end -->\n", RESULTS)


@pytest.mark.parametrize("name", [name for name in RESULTS if hasattr(runner.load_benchmark(name), "draw")])
def test_the_plots_were_drawn_from_the_kept_results(name):
    assert render.read_plot_digests(name) == {render.digest_figures(RESULTS[name])}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_tells_on_what_it_was_measured_and_nothing_of_the_host(name):
    result = RESULTS[name]
    assert set(FACTS) <= set(result)
    assert not result["missing"]
    text = json.dumps(result)
    assert socket.gethostname() not in text
    assert not re.search(r"/(home|tmp|root|work|Users)/", text)


@pytest.mark.parametrize("name", RESULTS)
def test_the_public_sentences_of_a_result_are_those_that_are_named(name):
    digests = {source: found for source, found in RESULTS[name]["data"].items() if source in SOURCES}
    assert set(digests) == set(getattr(runner.load_benchmark(name), "SOURCES", ()))
    assert all(found == SOURCES[source].sha256 for source, found in digests.items())


def test_rows_without_figures_say_why():
    for name in ("halfspace_quality", "colloquial_quality"):
        for row in RESULTS[name]["figures"]["rows"]:
            assert row.get("unavailable") or row["mb_per_s"] > 0


def test_the_speed_of_an_output_that_has_changed_does_not_count():
    figures = json.loads(json.dumps(RESULTS["segment_speed"]["figures"]))
    row = next(row for row in figures["rows"] if (row["lang"], row["stage"]) == ("fa", "normalize"))
    row["as_released"], row["mb_per_s"] = False, 123456.0
    (table,) = [table for table in tabulate(figures) if table.title.startswith("fa")]
    (cells,) = [cells for cells in table.rows if cells[0] == "normalize"]
    assert cells[1] == "–"
    assert "123,456" not in str(table)


def test_a_cell_cannot_break_its_table():
    table = Table("t", ("a", "b"), [("x|y", "1\n2")], ["a | b"])
    assert "| x\\|y | 1 2 |" in str(table)
