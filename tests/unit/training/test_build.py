"""Training: the same data give the same bytes, and a trained model does its work."""

import json
from importlib.resources import files

import pytest

from socialtext.errors import InputError
from socialtext.models import read_lexicon, read_model
from socialtext.normalize.colloquial import KEEP, ColloquialJudge
from socialtext.normalize.colloquial import build_reader as unpack_reader
from socialtext.normalize.halfspace import build_judge
from socialtext.training import build
from socialtext.training.colloquial import train_colloquial
from socialtext.training.halfspace import Listed, read_listed, train_halfspace

ARTICLES = (files("socialtext") / "corpora" / "articles.jsonl").read_text(encoding="utf-8").split("\n")


@pytest.mark.parametrize("what", ["blocks", "units"])
def test_the_same_data_give_the_same_bytes(tmp_path, what):
    (tmp_path / "articles.jsonl").write_text("\n".join(ARTICLES[::60]), encoding="utf-8")
    for name in ("one", "two"):
        build.train(what, tmp_path, tmp_path / name)
    for file in ("model.json", "weights.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    model = read_model(tmp_path / "one")
    assert model.info["name"] == what
    assert all(0.0 < figure <= 1.0 for figure in model.info["cross_validation"].values())


def test_the_same_data_give_the_same_classifier(tmp_path):
    (tmp_path / "articles.jsonl").write_text("\n".join(ARTICLES[::70]), encoding="utf-8")
    (tmp_path / "passages").mkdir()
    for lang in ("ar", "id"):
        rows = (files("socialtext") / "corpora" / "passages" / f"{lang}.jsonl").read_text(encoding="utf-8").split("\n")
        (tmp_path / "passages" / f"{lang}.jsonl").write_text("\n".join(rows[::40]), encoding="utf-8")
    for name in ("one", "two"):
        assert build.train("themes", tmp_path, tmp_path / name).startswith("themes: ")
    for file in ("model.json", "weights.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    model = read_model(tmp_path / "one")
    assert model.weights.shape == (len(model.index), 5)
    assert 0.2 < model.info["cross_validation"]["article_units_in_context"]["macro"] < 1.0


def test_a_folder_without_the_corpus_is_named(tmp_path):
    for what in ("blocks", "halfspace", "colloquial"):
        with pytest.raises(InputError, match="ST301"):
            build.train(what, tmp_path, tmp_path / "model")


def test_pairs_that_do_not_pair_are_refused(tmp_path):
    (tmp_path / "stif-train.inf").write_text("gak tau\nudah\n", encoding="utf-8")
    (tmp_path / "stif-train.for").write_text("tidak tahu\n", encoding="utf-8")
    with pytest.raises(InputError, match="ST306"):
        build.train("colloquial", tmp_path, tmp_path / "model")


def test_a_trained_judge_restores_what_its_sentences_write(tmp_path):
    sentence = "کتاب‌های خوب می‌خوانم و خانه‌ها را می‌بینم، گل‌ها در باغ می‌رویند و میدان بزرگ است"
    plain = "او در میدان ماند و کتاب را خواند و نهایی شد؛ چشم تر او را دیدم"
    listed = Listed(frozenset({"گل خانه"}), frozenset(), frozenset())
    train_halfspace([sentence, plain] * 400, {}, listed, {"name": "test", "version": "0"}, tmp_path)
    judge = build_judge(*read_lexicon(tmp_path))
    assert judge.split_word("کتابهای") == (4,)
    assert judge.split_word("میدان") == ()
    assert judge.joins("گل", "ها")
    assert not judge.joins("چشم", "تر")
    assert not judge.joins("ماه", "کتاب")
    assert json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))["name"] == "test"


def test_of_a_dictionary_its_compounds_are_read_and_no_inflected_words(tmp_path):
    entries = ["5", "گل‌خانه/sasb", "می‌روند", "کتاب‌ها", "رفته‌اند", "گلخانه", "a-b"]
    (tmp_path / "index.dic").write_text("\n".join(entries), encoding="utf-8")
    listed = read_listed(tmp_path / "index.dic")
    assert listed.pairs == {"گل خانه"}
    assert listed.words == {"گلخانه"}


def test_of_a_dictionary_the_nouns_with_a_plural_are_read_to_which_a_heh_makes_another_word(tmp_path):
    entries = ["6", "دور/pasasd", "دوره/pasg", "محدود/sasdst", "محدوده/sg", "کتاب/pasg", "گفت", "گفته/sg"]
    (tmp_path / "index.dic").write_text("\n".join(entries), encoding="utf-8")
    assert read_listed(tmp_path / "index.dic").nouns == {"دور"}


def test_without_the_dictionary_a_model_comes_out_and_the_lack_is_told(tmp_path, monkeypatch):
    (tmp_path / "perdt-train.txt").write_text("کتاب‌های خوب", encoding="utf-8")
    listed = []
    monkeypatch.setattr(build, "read_web_frequencies", dict)
    monkeypatch.setattr(build, "package_version", lambda name: "0")
    monkeypatch.setattr(build, "train_halfspace", lambda *given: listed.append(given[2]) or "halfspace: done")
    assert "dictionary-fa" in build.train("halfspace", tmp_path, tmp_path / "model")
    (tmp_path / "index.dic").write_text("1\nکتاب‌خانه\n", encoding="utf-8")
    assert build.train("halfspace", tmp_path, tmp_path / "model") == "halfspace: done"
    assert not listed[0].pairs
    assert listed[1].pairs == {"کتاب خانه"}


def test_a_trained_scorer_tells_a_unit_from_a_pronoun_by_its_neighbours(tmp_path):
    pairs = [
        ("km mau pesan apa ?", "kamu mau pesan apa ?"),
        ("jaraknya 10 km dari sini", "jaraknya 10 km dari sini"),
    ] * 20
    web = {"kamu": 60, "mau": 60, "pesan": 50, "banyak": 58, "jarak": 45, "kirim": 45, "kirimkan": 42}
    for name in ("one", "two"):
        train_colloquial(pairs, ["Kami membuka toko."], web, {"name": "test", "version": "0"}, tmp_path / name)
    for file in ("model.json", "weights.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    info, arrays = read_lexicon(tmp_path / "one")
    judge = ColloquialJudge(unpack_reader(arrays), "standard", info["weights"])
    choices = judge.choices("km")
    assert judge.decide("km", choices, "^", "mau") == "kamu"
    assert judge.decide("km", choices, "0", "dari") == KEEP
    assert judge.choices("bnyk") == ("banyak",)
    assert judge.choices("pesan") is None
