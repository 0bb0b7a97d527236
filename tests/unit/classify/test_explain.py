"""Reasons of labels: in the words of the passage, and adding up."""

import json
import math
import pickle
from importlib.resources import files

import pytest

import socialtext as st
from socialtext.normalize.normalizer import align_fold, load_fold
from socialtext.types import LANGUAGES


def passages(lang):
    text = (files("socialtext") / "corpora" / "passages" / f"{lang}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line)["text"] for line in text.splitlines()[::60]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_weights_add_up_to_the_log_odds_of_the_score(lang):
    texts = [*passages(lang), "", "x"]
    for label in st.ThemeClassifier.load().classify(texts, lang=lang):
        reasons = label.explain()
        assert set(reasons) == {*st.THEMES, "advice"}
        for name, score in {**label.scores, "advice": label.advice_score}.items():
            total = sum(reason.weight for reason in reasons[name])
            assert total == pytest.approx(math.log(score / (1 - score)), abs=1e-3)
            weights = [reason.weight for reason in reasons[name]]
            assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_reason_is_there_once(lang):
    for label in st.ThemeClassifier.load().classify(passages(lang), lang=lang):
        reasons = [(reason.text, reason.kind, reason.cue) for reason in label.explain()["data"]]
        assert len(reasons) == len(set(reasons))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_reasons_are_written_as_the_passage_is(lang):
    for text in passages(lang):
        (label,) = st.ThemeClassifier.load().classify([text], lang=lang)
        flat = " ".join(text.split())
        for reason in label.explain()["data"]:
            assert reason.kind == "prior" or reason.text
            for word in reason.text.split():
                assert word in flat


def test_the_words_of_the_theme_come_first():
    raw = "باید نرخ تبدیل و بازدید هر صفحه را در گزارش‌ هفتگی بسنجید ، نه حدس بزنید."
    (label,) = st.ThemeClassifier.load().classify([raw], lang="fa")
    first = [reason.text for reason in label.explain()["data"][:8]]
    assert any("نرخ" in text or "گزارش" in text or "بسنجید" in text or "بازدید" in text for text in first)
    kinds = {reason.kind for reason in label.explain()["data"]}
    assert kinds >= {"word", "cue", "prior"}


def test_labels_can_be_pickled_and_compared_and_still_explain():
    (label,) = st.ThemeClassifier.load().classify(["Pantau laporan mingguan."], lang="id")
    again = pickle.loads(pickle.dumps(label))
    assert again == label
    assert again.explain() == label.explain()


def test_labels_made_by_hand_have_no_reasons():
    with pytest.raises(ValueError, match="ThemeClassifier"):
        st.Classification((), {}, False, 0.0).explain()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_aligned_key_is_the_key(lang):
    for text in passages(lang):
        aligned = align_fold(lang, text)
        assert aligned.text == load_fold(lang)(text)
        assert len(aligned.starts) == len(aligned.ends) == len(aligned.text)
