"""The spaCy components: nothing is lost on the way to spans, and all of it survives copies, files and processes."""

import html
import re
import subprocess
import sys
from functools import cache
from importlib.resources import files

import pytest

import socialtext as st
from socialtext.errors import ModelError, OptionError

spacy = pytest.importorskip("spacy")

from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.util import load_model_from_config

from socialtext.adapters.spacy import set_units

ARTICLES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((files("socialtext") / "corpora" / "articles").iterdir(), key=lambda path: path.name)
}
FA = "صفحهٔ نخست\n\nشبکههای اجتماعی\n\nبهتر است به هر كامنت مشتری جواب بدهید. نظرشان را بپرسید."


@cache
def blank(lang):
    made = spacy.blank(lang)
    made.add_pipe("socialtext")
    return made


@pytest.fixture
def nlp():
    return blank("fa")


def words(doc, text):
    return [token for token in doc if token.text == text]


@pytest.mark.parametrize("lang", ["ar", "fa", "id"])
def test_on_whole_pages_no_unit_sentence_or_block_is_lost(lang):
    nlp = blank(lang)
    pipeline = st.Pipeline(lang)
    pages = [raw for name, raw in ARTICLES.items() if name.startswith(lang)][::7]
    assert len(pages) >= 10
    for raw in pages:
        doc, document = nlp(raw), pipeline(raw)
        assert doc.text == raw
        # A token that holds a whole sentence and the start of the next («خیر.هیچ») begins only one.
        starts = {doc.char_span(s.start, s.start + 1, alignment_mode="expand").start for s in document.sentences}
        # What stands before the first sentence («&nbsp;») goes with it: spaCy leaves no token out.
        assert [sentence.start for sentence in doc.sents] == [0, *sorted(starts)[1:]]
        assert [block.label_ for block in doc.spans["blocks"]] == [block.kind for block in document.blocks]
        units = doc.spans["advice_units"]
        assert len(units) == len(document.units)
        for span, unit in zip(units, document.units, strict=True):
            assert span.start_char <= unit.start < unit.end <= span.end_char
            assert (span._.themes, span._.scores) == (unit.themes, unit.scores)
            assert (span._.advice, span._.advice_score) == (unit.advice, unit.advice_score)
            assert (span._.heading, span.label_) == (unit.heading, unit.themes[0] if unit.themes else "")
            assert unit.text in span._.normalized


def test_a_border_within_a_token_gives_the_token_to_both_units(nlp):
    doc = nlp.make_doc("کتاب خوب است.واین هم بد نیست.")
    border = doc.text.index("واین")
    set_units(doc, [st.AdviceUnit(0, border, None, ""), st.AdviceUnit(border, len(doc.text), "عنوان", "")])
    first, second = doc.spans["advice_units"]
    assert doc.text[:border] in first.text
    assert doc.text[border:] in second.text
    assert first[-1] == second[0]
    assert (first._.heading, second._.heading) == (None, "عنوان")


def test_sentences_begin_where_they_begin(nlp):
    doc = nlp(FA)
    assert [sentence.text.strip() for sentence in doc.sents] == [
        "صفحهٔ نخست", "شبکههای اجتماعی", "بهتر است به هر كامنت مشتری جواب بدهید.", "نظرشان را بپرسید.",
    ]  # fmt: skip
    assert doc.has_annotation("SENT_START")


def test_the_normalized_text_comes_with_its_alignment(nlp):
    doc = nlp(FA)
    assert doc.text == FA
    assert doc._.normalized == st.normalize(FA, lang="fa")
    assert doc._.alignment == st.Normalizer("fa").align(FA)
    assert doc.spans["advice_units"][0]._.normalized == st.Pipeline("fa")(FA).units[0].text


def test_norms_are_those_of_the_search_profile(nlp):
    doc = nlp("شبکه‌های كتاب ۱۲ \N{RIGHT-TO-LEFT MARK} Instagram")
    search = st.Normalizer("fa", profile="search")
    assert [token.norm_ for token in doc] == [search.normalize(token.text) or token.lex.norm_ for token in doc]
    assert words(doc, "كتاب")[0].norm_ == "کتاب"
    assert words(doc, "Instagram")[0].norm_ == "instagram"


def test_norms_outlive_the_memory_zone_of_another_text(nlp):
    for _ in range(2):
        with nlp.memory_zone():
            assert words(nlp("واژهٔ نوپديد كمياب"), "كمياب")[0].norm_ == "کمیاب"


def test_a_text_without_words_has_no_spans(nlp):
    for raw in ("", " \n\t "):
        doc = nlp(raw)
        assert doc.text == raw
        assert len(doc.spans["advice_units"]) == len(doc.spans["blocks"]) == 0


def test_the_language_is_that_of_the_pipeline_the_configuration_or_the_text():
    langs = [
        doc._.lang for doc in blank("xx").pipe([FA, "Balas setiap komentar pelanggan Anda.", ARTICLES["ar-001.txt"]])
    ]
    assert langs == ["fa", "id", "ar"]
    named = spacy.blank("xx")
    named.add_pipe("socialtext", config={"lang": "id"})
    assert named("Pantau konversi.")._.lang == "id"
    with pytest.raises(OptionError, match="ST101"):
        spacy.blank("xx").add_pipe("socialtext", config={"lang": "de"})


@pytest.mark.parametrize("component", ["socialtext", "socialtext_units"])
def test_a_wrong_profile_is_refused_where_the_component_is_added(component):
    with pytest.raises(OptionError, match="ST102: profile 'x'"):
        spacy.blank("fa").add_pipe(component, config={"profile": "x"})


def test_a_text_in_another_language_goes_to_the_error_handler_of_spacy():
    nlp = spacy.blank("xx")
    nlp.add_pipe("socialtext")
    failed = []
    nlp.set_error_handler(lambda name, proc, docs, error: failed.append((name, error.code)))
    texts = [FA, "Dies ist ein deutscher Text über das Wetter und die schönen Berge im Sommer.", FA]
    assert [doc.text for doc in nlp.pipe(texts)] == [FA, FA]
    assert failed == [("socialtext", "ST320")]


def test_the_single_components_say_together_what_the_whole_says(nlp):
    parts = spacy.blank("fa")
    for name in ("socialtext_sentences", "socialtext_units", "socialtext_themes"):
        parts.add_pipe(name)
    raw = ARTICLES["fa-003.txt"]
    whole, doc = nlp(raw), parts(raw)
    assert [token.is_sent_start for token in doc] == [token.is_sent_start for token in whole]
    for name in ("blocks", "advice_units"):
        assert [(span.start, span.end, span.label_) for span in doc.spans[name]] == [
            (span.start, span.end, span.label_) for span in whole.spans[name]
        ]
    assert [span._.scores for span in doc.spans["advice_units"]] == [
        span._.scores for span in whole.spans["advice_units"]
    ]
    assert parts("").spans["advice_units"] is not None


def test_themes_label_the_spans_that_a_user_sets():
    nlp = spacy.blank("xx")
    nlp.add_pipe("socialtext_themes", config={"lang": "id"})
    doc = nlp.make_doc("Balas setiap komentar pelanggan. Pantau tingkat konversi di laporan mingguan.")
    doc.spans["advice_units"] = [Span(doc, 0, 5, label="mine"), Span(doc, 5, len(doc))]
    first, second = nlp(doc).spans["advice_units"]
    assert (first.label_, first._.themes[0]) == ("mine", "engagement")
    assert (second.label_, second._.themes[0]) == ("data", "data")
    with pytest.raises(OptionError, match="ST692"):
        nlp("Balas komentar.")


def test_sentences_of_a_parsed_text_are_not_overwritten(nlp):
    doc = Doc(nlp.vocab, words=["جواب", "بدهید"], heads=[1, 1], deps=["obj", "ROOT"])
    with pytest.raises(OptionError, match="ST693"):
        nlp.get_pipe("socialtext")(doc)


def test_normalized_text_of_an_unseen_doc_says_what_to_do(nlp):
    with pytest.raises(OptionError, match="ST694"):
        _ = nlp.make_doc(FA)._.normalized


def test_the_configuration_makes_the_same_pipeline(nlp):
    changed = spacy.blank("fa")
    changed.add_pipe("socialtext", config={"profile": "search"})
    again = load_model_from_config(changed.config, auto_fill=False)
    assert again.config["components"]["socialtext"] == {
        "factory": "socialtext", "lang": None, "model": None, "profile": "search",
    }  # fmt: skip
    assert again(FA)._.normalized == st.normalize(FA, lang="fa", profile="search")


def test_what_the_components_declare_is_what_they_set():
    nlp = spacy.blank("fa")
    for name in ("socialtext_sentences", "socialtext_units", "socialtext_themes", "socialtext"):
        nlp.add_pipe(name)
        for attribute in nlp.get_pipe_meta(name).assigns:
            kind, _, extension = attribute.partition("._.")
            assert not extension or {"doc": Doc, "span": Span}[kind].has_extension(extension), attribute
    assert not any(nlp.analyze_pipes()["problems"].values())


def test_two_processes_say_what_one_says(nlp):
    texts = [FA, ARTICLES["fa-001.txt"], "", ARTICLES["fa-002.txt"]]
    for alone, doc in zip(nlp.pipe(texts), nlp.pipe(texts, n_process=2, batch_size=1), strict=True):
        assert describe(doc) == describe(alone)


def describe(doc):
    return (
        doc.text,
        [token.norm_ for token in doc],
        [token.is_sent_start for token in doc],
        [
            (span.start, span.end, span.label_, span._.themes, span._.scores, span._.advice, span._.advice_score,
             span._.heading)
            for name in ("advice_units", "blocks")
            for span in doc.spans.get(name, SpanGroup(doc))
        ],
        doc._.normalized if len(doc) else "",
    )  # fmt: skip


def test_a_saved_pipeline_and_a_doc_bin_are_read_in_another_process(nlp, tmp_path):
    nlp.to_disk(tmp_path / "nlp")
    raw = ARTICLES["fa-004.txt"]
    DocBin(attrs=["ORTH", "NORM", "SENT_START"], store_user_data=True, docs=[nlp(raw)]).to_disk(tmp_path / "d.spacy")
    (tmp_path / "raw.txt").write_text(raw, encoding="utf-8")
    code = """if True:
        import sys
        from pathlib import Path

        import spacy
        from spacy.tokens import DocBin

        assert not any(name.startswith("socialtext") for name in sys.modules)
        nlp = spacy.load("nlp")
        doc = nlp(Path("raw.txt").read_text(encoding="utf-8"))
        (stored,) = DocBin().from_disk("d.spacy").get_docs(nlp.vocab)
        describe = lambda doc: [
            [token.norm_ for token in doc], [token.is_sent_start for token in doc], doc._.normalized, doc._.lang,
            [(span.text, span.label_, span._.themes, span._.heading) for span in doc.spans["advice_units"]],
            [(span._.scores, span._.advice, span._.advice_score) for span in doc.spans["advice_units"]],
        ]
        assert describe(doc) == describe(stored)
        assert len(doc.spans["advice_units"]) > 10
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_model_of_own_themes_travels_with_the_pipeline(tmp_path):
    pytest.importorskip("sklearn")
    from socialtext.adapters.sklearn import ThemeClassifier

    texts = ["Harga grosir kaus polos berapa?", "Paket kurir belum tiba di rumah saya."] * 4
    ThemeClassifier(lang="id").fit(texts, ["harga", "kirim"] * 4).save(tmp_path / "mail")
    nlp = spacy.blank("xx")
    for name in ("socialtext", "socialtext_themes"):
        nlp.add_pipe(name, config={"lang": "id", "model": str(tmp_path / "mail")})
    assert themes_of(nlp(texts[1])) == [("kirim",)]
    nlp.to_disk(tmp_path / "nlp")
    (tmp_path / "mail").rename(tmp_path / "elsewhere")
    assert themes_of(spacy.load(tmp_path / "nlp")(texts[1])) == [("kirim",)]
    lost = spacy.blank("xx")
    lost.add_pipe("socialtext", config={"lang": "id", "model": str(tmp_path / "mail")})
    with pytest.raises(ModelError, match="ST501"):
        lost(texts[1])


def themes_of(doc):
    return [span._.themes for span in doc.spans["advice_units"]]


@pytest.mark.parametrize(("name", "direction"), [("fa-001.txt", "rtl"), ("ar-001.txt", "rtl"), ("id-001.txt", "ltr")])
def test_displacy_draws_the_units_in_the_direction_of_the_language(name, direction):
    doc = blank(name[:2])(ARTICLES[name])
    page = spacy.displacy.render(doc, style="span", page=True, jupyter=False, options={"spans_key": "advice_units"})
    assert f"direction: {direction}" in page
    assert f'lang="{name[:2]}"' in page
    shown = html.unescape(re.sub(r"<[^>]*>", " ", page))
    labels = [span.label_ for span in doc.spans["advice_units"] if span.label_]
    assert labels
    for label in set(labels):
        assert shown.split().count(label) >= labels.count(label)
