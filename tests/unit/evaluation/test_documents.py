"""Predicted documents against annotated ones."""

import copy
import json
from importlib.resources import files

import numpy as np
import pytest

from socialtext.errors import InputError
from socialtext.evaluation.documents import evaluate_documents, read_documents
from socialtext.evaluation.labels import calibration_error, theme_f1, theme_matrix

# Two paragraphs of two sentences under a heading; ten characters a sentence.
GOLD = {
    "id": "pages/one.txt",
    "lang": "id",
    "text": "JUDUL\nAaaa aaaa. Bbbb bbbb.\nCccc cccc. Dddd dddd.\nMENU",
    "blocks": [
        {"start": 0, "end": 5, "kind": "heading"},
        {"start": 6, "end": 27, "kind": "paragraph"},
        {"start": 28, "end": 49, "kind": "paragraph"},
        {"start": 50, "end": 54, "kind": "boilerplate"},
    ],
    "sentences": [{"start": a, "end": b} for a, b in [(0, 5), (6, 16), (17, 27), (28, 38), (39, 49)]],
    "units": [
        {"start": 6, "end": 27, "advice": True, "themes": ["data"]},
        {"start": 28, "end": 38, "advice": False, "themes": []},
        {"start": 39, "end": 49, "advice": True, "themes": ["engagement", "data"]},
    ],
}


def score(**changes):
    predicted = {**copy.deepcopy(GOLD), **changes}
    return evaluate_documents({"one": GOLD}, {"one": predicted}).scores["all"]


def test_gold_against_itself_is_perfect():
    scores = score()
    assert scores.themes == {
        "engagement": 1.0, "channel_choice": None, "social_commerce": None, "data": 1.0, "none": 1.0, "macro": 1.0,
    }  # fmt: skip
    assert (scores.unit_similarity, scores.unit_p_k, scores.unit_window_diff, scores.unit_exact_f1) == (1, 0, 0, 1)
    assert (scores.sentence_f1, scores.advice_f1, scores.main_theme_accuracy, scores.content_recall) == (1, 1, 1, 1)
    assert (scores.noise, scores.calibration_error) == (0, None)
    assert scores.blocks == {"heading": 1.0, "paragraph": 1.0, "list_item": None, "boilerplate": 1.0}


def test_units_run_together_are_measured_by_unit_and_by_character():
    scores = score(units=[{"start": 6, "end": 49, "advice": True, "themes": ["data"]}])
    assert scores.unit_similarity == 0.0
    assert scores.unit_exact_f1 == 0.0
    assert scores.advice_f1 == pytest.approx(4 / 5)  # two of the three that are called advice
    assert scores.advice_f1_by_character == pytest.approx(2 * 30 / (30 + 40))
    assert scores.themes["data"] == pytest.approx(4 / 5)
    assert scores.themes["engagement"] == scores.themes["none"] == 0.0
    assert scores.themes["macro"] == pytest.approx((0 + 4 / 5 + 0) / 3)
    assert scores.main_theme_accuracy == pytest.approx(20 / 40)


def test_lost_content_and_noise_are_seen():
    units = [{"start": 0, "end": 5, "advice": False, "themes": []}, GOLD["units"][0]]
    scores = score(units=units, blocks=GOLD["blocks"][:2])
    assert scores.content_recall == pytest.approx(0.5)
    assert scores.noise == pytest.approx(5 / 40)
    assert scores.blocks["boilerplate"] == 0.0
    assert scores.blocks["paragraph"] == pytest.approx(2 / 3)


def test_the_calibration_error_is_the_distance_of_score_and_frequency():
    assert calibration_error(np.array([True, False]), np.array([0.5, 0.5])) == 0.0
    assert calibration_error(np.array([False, False]), np.array([0.9, 0.2])) == pytest.approx(0.55)
    scores = {"engagement": 1.0, "channel_choice": 0.0, "social_commerce": 0.0, "data": 1.0}
    units = [{**unit, "scores": scores} for unit in GOLD["units"]]
    assert score(units=units).calibration_error == pytest.approx((2 / 3 + 0 + 0 + 1 / 3) / 4)


def test_weights_weigh():
    gold, predicted = theme_matrix([["data"], ["data"]]), theme_matrix([["data"], []])
    assert theme_f1(gold, predicted)["data"] == pytest.approx(2 / 3)
    assert theme_f1(gold, predicted, np.array([1.0, 3.0]))["data"] == pytest.approx(2 / 5)


def test_a_document_without_prediction_counts_as_found_nothing():
    other = {**GOLD, "id": "two", "lang": "fa"}
    result = evaluate_documents({"one": GOLD, "two": other}, {"one": GOLD, "three": GOLD})
    assert (result.missing, result.unknown) == (("two",), ("three",))
    assert list(result.scores) == ["fa", "id", "all"]
    assert result.scores["id"].advice_f1 == 1.0
    assert result.scores["fa"].advice_f1 == 0.0
    assert result.scores["all"].content_recall == 0.5
    with pytest.raises(InputError, match="ST332"):
        evaluate_documents({"one": GOLD}, {"two": GOLD})


def test_ids_meet_without_folder_and_ending(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(GOLD), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({**GOLD, "id": "two"}) + "\n\n", encoding="utf-8")
    assert list(read_documents(tmp_path)) == ["one", "two"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"units": None}, "units must be a list"),
        ({"blocks": [{"start": 3, "end": 1, "kind": "heading"}]}, "blocks must be"),
        ({"blocks": [{"start": 0, "end": 1, "kind": "title"}]}, "block kind 'title'"),
        ({"units": [{"start": 0, "end": 1, "themes": ["weather"], "advice": True}]}, "themes among"),
        ({"units": [{"start": 0, "end": 1, "themes": []}]}, "needs advice"),
    ],
)
def test_a_record_that_is_no_document_names_its_line(tmp_path, change, message):
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(GOLD) + "\n" + json.dumps({**GOLD, "id": "x", **change}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"ST330.*line 2.*{message}"):
        read_documents(path)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"{", "ST330"), (b"[]", "ST330"), (b'{"id": "a"}', "ST330.*lacks lang"), (b"\xff", "ST330"), (b"", "ST330")],
)
def test_a_file_of_something_else_is_refused(tmp_path, content, code):
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=code):
        read_documents(path)


def test_no_file_an_empty_folder_and_an_id_twice_are_refused(tmp_path):
    for path, code in ((tmp_path, "ST302"), (tmp_path / "nothing.jsonl", "ST301")):
        with pytest.raises(InputError, match=code):
            read_documents(path)
    (tmp_path / "gold.jsonl").write_text((json.dumps(GOLD) + "\n") * 2, encoding="utf-8")
    with pytest.raises(InputError, match="ST331"):
        read_documents(tmp_path / "gold.jsonl")


def test_the_annotated_articles_are_documents():
    corpora = files("socialtext") / "corpora"
    articles = [json.loads(line) for line in (corpora / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = {article["id"]: article for article in articles[::7]}
    scores = evaluate_documents(gold, gold).scores["all"]
    assert scores.themes["macro"] == scores.unit_similarity == scores.blocks["list_item"] == 1.0
