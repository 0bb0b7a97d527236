"""The parts of the benchmarks that figures depend on: data, outputs, gold, fits, and the command."""

import argparse
import math
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import bench_pipeline_throughput as throughput
from benchmarks import facts, outputs, runner
from benchmarks.__main__ import main
from benchmarks.bench_halfspace_quality import build_set
from benchmarks.bench_scaling import fit
from benchmarks.bench_scaling.stages import iter_documents
from benchmarks.data import SOURCES, PublicData, describe_sources

import socialtext as st

ROOT = Path(__file__).parents[2]
NAME = "fa_seraji-ud-dev"
SENTENCES = ["کتاب‌ها را خواندم.", "خوب است."]


def options(**changes):
    return argparse.Namespace(**{"data": None, "profile": "fast", "only": None, "public": PublicData(None), **changes})


def test_a_treebank_and_its_plain_sentences_are_the_same_data(tmp_path):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / f"{NAME}.txt").write_text("".join(f"{line}\n" for line in SENTENCES), encoding="utf-8")
    (tmp_path / "ud").mkdir()
    blocks = [f"# sent_id = {at}\n# text = {line}\n1\tx\n\n" for at, line in enumerate(SENTENCES)]
    (tmp_path / "ud" / f"{NAME}.conllu").write_text("".join(blocks), encoding="utf-8")
    found = [PublicData(tmp_path / folder) for folder in ("plain", "ud")]
    assert [data.read(NAME) for data in found] == [SENTENCES, SENTENCES]
    assert found[0].digests == found[1].digests


def test_other_sentences_than_the_published_ones_are_told_and_not_kept(tmp_path):
    (tmp_path / f"{NAME}.txt").write_text("دیگر.\n", encoding="utf-8")
    data = PublicData(tmp_path)
    data.read(NAME)
    assert data.others() == [NAME]
    (fault,) = runner.find_faults({"missing": []}, options(public=data))
    assert NAME in fault


def test_what_is_missing_is_told_with_its_address_and_licence(tmp_path):
    assert PublicData(tmp_path).missing((NAME,)) == [NAME]
    text = describe_sources(list(SOURCES))
    assert "https://github.com/UniversalDependencies/UD_Persian-Seraji/" in text
    assert "CC BY-SA 4.0" in text
    assert "data/labelled/dev.inf" in text


def test_a_benchmark_that_needs_public_data_says_what_to_fetch():
    with pytest.raises(SystemExit, match="UD_Persian-PerDT"):
        runner.run("halfspace_quality", options())


def test_half_spaces_of_a_treebank_are_brought_to_one_spelling():
    sentences = ["گروهها و آنها تنها در کتابهای ما", "دو‌زبانه و کتاب‌ها", "نهایی و جهانها"]
    found = build_set(sentences)
    assert found["gold"] == ["گروه‌ها و آنها تنها در کتاب‌های ما", "دوزبانه و کتاب‌ها", "نهایی و جهان‌ها"]
    assert found["spaced"][1] == "دوزبانه و کتاب ها"
    assert found["stripped"][1] == "دوزبانه و کتابها"


@pytest.mark.parametrize("exponent", [1.0, 2.0])
def test_the_exponent_of_made_up_times_is_found_within_its_interval(exponent):
    rows = [
        {"stage": "s", "form": "corpus", "size": size, "bytes": size}
        | {"rounds_cpu_s": [1e-8 * size**exponent * wobble for wobble in (0.9, 1.0, 1.1)]}
        for size in (10**3, 10**4, 10**5, 10**6)
    ]
    found = fit(rows)
    assert found["exponent"] == pytest.approx(exponent, abs=0.01)
    assert found["interval"][0] < exponent < found["interval"][1] < exponent + 0.05


@pytest.mark.parametrize("form", ["corpus", "document"])
@pytest.mark.parametrize("n_bytes", [1_000, 54_321, 3_000_000])
def test_inputs_have_the_size_that_is_asked_for(form, n_bytes):
    size = sum(len(text.encode()) for _, text in iter_documents(form, n_bytes, random.Random(0)))
    assert 0.99 * n_bytes <= size <= n_bytes


def test_a_changed_output_is_no_longer_that_of_the_release(monkeypatch, tmp_path):
    path = tmp_path / "release.json"
    monkeypatch.setattr(outputs, "RELEASE", path)
    monkeypatch.setattr(outputs, "digest_outputs", lambda: {"a": "1", "b": "2"})
    outputs.write_release(path)
    monkeypatch.setattr(outputs, "digest_outputs", lambda: {"a": "1", "b": "3", "c": "4"})
    outputs.compare_with_release.cache_clear()
    assert outputs.compare_with_release() == {"a": True, "b": False, "c": False}
    assert not outputs.as_released("a", "b")
    outputs.compare_with_release.cache_clear()


def test_digests_of_outputs_tell_texts_apart():
    assert outputs.digest_lines(["a", "b"]) != outputs.digest_lines(["a", "c"])
    raw = "كتاب  ، خوب"
    assert outputs.write_alignment(st.Normalizer("fa").align(raw)) == "کتاب، خوب\t[(0, 4), (8, 11)]"


def test_facts_name_no_host_and_the_models_of_the_package():
    found = facts.describe_run("segment_speed", "fast")
    assert set(found["models"]) >= {"themes", "units", "fa-halfspace"}
    assert not any(str(value).startswith("/") for value in found.values())
    assert os.uname().nodename not in found.values()


def test_the_list_names_every_benchmark_and_says_what_it_measures(capsys):
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(runner.NAMES)
    assert all(len(line.split()) > 4 for line in lines)


def test_versions_are_those_that_are_pinned(capsys):
    assert main(["halfspace_quality", "--versions"]) == 0
    text = capsys.readouterr().out
    assert "parsivar==0.2.3.1" in text
    assert f"socialtext {st.__version__}" in text


def test_a_folder_that_is_not_there_is_wrong_use(capsys, tmp_path):
    with pytest.raises(SystemExit) as ended:
        main(["halfspace_quality", "--data", str(tmp_path / "none")])
    assert ended.value.code == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_result_without_its_public_data_is_not_kept(tmp_path):
    result = {"missing": [NAME]}
    (fault,) = runner.find_faults(result, options())
    assert NAME in fault
    assert runner.find_faults({"missing": []}, options()) == []
    assert runner.find_faults({"missing": []}, options(only=["hazm"])) != []


def test_the_citation_is_of_this_version():
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {st.__version__}\n" in text
    assert "cff-version: 1.2.0\n" in text


def test_one_stage_of_one_size_reports_time_and_memory():
    command = [sys.executable, "-m", "benchmarks.bench_scaling", "normalize", "corpus", "1000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = eval(done.stdout, {"NaN": math.nan})
    assert found["bytes"] == pytest.approx(1000, rel=0.01)
    assert found["cpu_s"] > 0
    assert done.stderr == ""


def test_each_stage_of_the_pipeline_is_measured_over_first_and_later_documents(monkeypatch, tmp_path):
    monkeypatch.setattr(throughput, "N_STAGE_DOCUMENTS", 3)
    monkeypatch.setattr(throughput, "N_DOCUMENTS_BEFORE", 4)
    throughput.write_corpus(tmp_path / "corpus.jsonl", 8)
    stages = {row["stage"]: row for row in throughput.measure_stages(tmp_path / "corpus.jsonl", tmp_path)}
    assert {"read", "detect language", "segment", "classify", "make rows", "write .parquet"} <= stages.keys()
    assert all(row["first"]["cpu_s"] >= 0 and row["later"]["mb_per_s"] > 0 for row in stages.values())
