"""The released classifier: what it says of passages alone and in documents."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest

import socialtext as st
from socialtext.classify.themes import ThemeScorer
from socialtext.errors import ModelError, OptionError
from socialtext.models import load_model, read_model
from socialtext.pipeline import build_passages
from socialtext.types import Block

CLEAR = [
    ("fa", "به هر کامنت مشتری جواب بدهید و نظرشان را بپرسید.", "engagement"),
    ("ar", "لا تفتح حساباً في كل منصة؛ اختر المنصة التي يقضي فيها جمهورك وقته.", "channel_choice"),
    ("id", "Pantau tingkat konversi dan jumlah kunjungan di laporan mingguan.", "data"),
]


@pytest.mark.parametrize(("lang", "text", "theme"), CLEAR)
def test_clear_passages_get_their_theme(lang, text, theme):
    (found,) = st.ThemeClassifier.load("default").classify([text], lang=lang)
    assert found.themes[:1] == (theme,)
    assert set(found.scores) == set(st.THEMES)
    assert all(0.0 <= score <= 1.0 for score in found.scores.values())
    assert 0.0 <= found.advice_score <= 1.0


def test_themes_are_ordered_by_score():
    found = st.ThemeClassifier.load().classify([text for _, text, _ in CLEAR] * 2, lang="fa")
    for label in found:
        assert list(label.themes) == sorted(label.themes, key=lambda theme: -label.scores[theme])


def test_an_unknown_classifier_is_refused():
    with pytest.raises(OptionError, match="ST105"):
        st.ThemeClassifier.load("better")


def test_no_text_has_no_theme():
    (found,) = st.ThemeClassifier.load().classify([""], lang="id")
    assert found.themes == ()


def test_a_passage_is_judged_alike_alone_and_among_others():
    classifier = st.ThemeClassifier.load()
    texts = [text for lang, text, _ in CLEAR if lang == "id"] + ["Kantor kami di Bandung."]
    together = classifier.classify(texts, lang="id")
    assert [classifier.classify([text], lang="id")[0] for text in texts] == together


def test_the_sentence_that_introduces_a_list_has_no_labels():
    raw = "Ukur laporan ini:\n- jumlah klik\n- tingkat konversi"
    blocks = [Block(0, 17, "paragraph"), Block(18, 31, "list_item"), Block(32, 50, "list_item")]
    passages = build_passages(raw, blocks, [(0, 17), (18, 31), (32, 50)])
    assert [passage.introduces_list for passage in passages] == [True, False, False]
    assert len({passage.run for passage in passages}) == 1


def test_above_an_item_stand_its_heading_and_the_sentence_that_introduces_its_list():
    raw = "Laporan\nUkur laporan ini:\n- jumlah klik\nSelesai.\n- lain"
    kinds = ("heading", "paragraph", "list_item", "paragraph", "list_item")
    blocks, at = [], 0
    for line, kind in zip(raw.split("\n"), kinds, strict=True):
        blocks.append(Block(at, at + len(line), kind))
        at += len(line) + 1
    passages = build_passages(raw, blocks, [(block.start, block.end) for block in blocks[1:]])
    assert [passage.above for passage in passages] == ["Laporan", "Laporan\nUkur laporan ini:", "Laporan", "Laporan"]
    assert build_passages(raw, blocks[1:2], [(8, 25)])[0].above == ""


def _without(**other):
    model = load_model("themes")
    return replace(model, info={**model.info, **other})


@pytest.mark.parametrize(
    "make",
    [
        lambda: replace(load_model("themes"), above=None),
        lambda: replace(load_model("themes"), net=None),
        lambda: _without(alone={}),
        lambda: _without(thresholds=[0.5]),
        lambda: _without(context={"weights": [1.0], "intercept": 0.0}),
    ],
)
def test_a_model_that_lacks_a_part_is_refused_and_the_message_says_what_to_do(make):
    with pytest.raises(ModelError, match="ST504: .*train the model again"):
        ThemeScorer("id", str, make())


def test_a_sentence_that_ends_in_a_colon_introduces_what_was_not_recognized_as_a_list():
    raw = "Di antaranya:\nbalas komentar\nSetiap komentar dibalas. Hasilnya ini:\nramai"
    blocks = [
        Block(0, 13, "paragraph"),
        Block(14, 28, "paragraph"),
        Block(29, 67, "paragraph"),
        Block(68, 73, "paragraph"),
    ]
    passages = build_passages(raw, blocks, [(block.start, block.end) for block in blocks])
    assert [passage.introduces_list for passage in passages] == [True, False, False, False]
    assert {passage.run for passage in passages} == {-1}


def test_a_model_whose_weights_were_changed_is_refused(tmp_path):
    source = files("socialtext") / "models" / "units"
    (tmp_path / "model.json").write_bytes((source / "model.json").read_bytes())
    (tmp_path / "weights.npz").write_bytes((source / "weights.npz").read_bytes() + b" ")
    with pytest.raises(ModelError, match="ST503"):
        read_model(tmp_path)
    info = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    (tmp_path / "model.json").write_text(json.dumps({**info, "format": "other"}), encoding="utf-8")
    with pytest.raises(ModelError, match="ST502"):
        read_model(tmp_path)
    with pytest.raises(ModelError, match="ST501"):
        read_model(tmp_path / "nothing")
