"""Which language a text is in."""

import json
from importlib.resources import files

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from socialtext.errors import InputError
from socialtext.language import ARABIC_TO_PERSIAN, N_RANKS_NEAR, PLAUSIBLE, detect_language, rank_languages, take_sample
from socialtext.languages.load import load_neighbours

ARTICLES = [
    json.loads(line)
    for line in (files("socialtext") / "corpora" / "articles.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]


@pytest.mark.parametrize("article", ARTICLES[::6], ids=lambda article: article["id"])
def test_every_article_is_in_its_language(article):
    assert detect_language(article["text"]) == article["lang"]
    assert detect_language(article["text"][:500]) == article["lang"]


@pytest.mark.parametrize(
    ("raw", "lang"),
    [
        ("Syarikat itu mahu membuka pejabat baharu kerana perniagaan boleh berkembang daripada sini.", "ms"),
        ("The shop opened a new account on every platform and left all of them empty.", "en"),
        ("ہم نے اپنی دکان کے لیے ایک نیا صفحہ بنایا ہے اور لوگ اسے پسند کرتے ہیں۔", "ur"),
        ("Le magasin a ouvert un compte sur chaque plateforme et les a tous abandonnés.", "fr"),
    ],
)
def test_other_languages_are_named(raw, lang):
    with pytest.raises(InputError, match=f"ST320.*'{lang}'"):
        detect_language(raw)


@pytest.mark.parametrize(
    ("raw", "lang"),
    [
        ("كتابهاي فارسي را در اين فروشگاه بخريد و نظر بدهيد", "fa"),
        ("قیمت ها را در صفحه ي خودتان بنويسيد كه مشتري نپرسد", "fa"),
        ("التسویق علی شبکات التواصل یحتاج الی خطة واضحة فی کل شهر", "ar"),
        ("التسویق علی شبکات التواصل یحتاج الی خطه واضحه فی کل شهر", "ar"),
    ],
)
def test_a_text_written_with_the_keyboard_of_the_other_language_keeps_its_own(raw, lang):
    assert detect_language(raw) == lang


def test_every_word_that_tells_arabic_persian_and_pashto_apart_can_be_met():
    assert all(form.translate(ARABIC_TO_PERSIAN) == form for form in load_neighbours("fa"))


def test_pashto_is_not_taken_for_persian():
    with pytest.raises(InputError, match="ST320.*'ps'"):
        detect_language("د سوداګرۍ لپاره په ټولنیزو رسنیو کې خپل برانډ وپېژنئ او له پیرودونکو سره اړیکه ونیسئ.")


def test_a_short_indonesian_text_is_not_taken_for_malay():
    assert detect_language("Balas setiap komentar") == "id"


def test_a_text_without_words_has_no_language():
    with pytest.raises(InputError, match=r"ST320.*name its language \(lang=… or --lang\)"):
        detect_language("12 !! 34")


def test_a_page_that_begins_with_a_menu_in_another_language_is_told_by_its_body():
    menu = (
        "Home About us Products Services Blog Contact Sign in Register Search results Privacy policy Terms of use " * 8
    )
    body = "هر نظری که زیر یک پست نوشته می‌شود فرصتی برای گفت‌وگو با مشتری است و نباید بی‌پاسخ بماند. " * 80
    assert detect_language(menu + body) == "fa"
    assert len(take_sample(menu + body)) < 2000


@pytest.fixture(scope="module")
def library():
    """The identifier of py3langid with our languages."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([lang for lang in PLAUSIBLE if lang in identifier.nb_classes])
    return identifier


@pytest.mark.parametrize("article", ARTICLES[::6], ids=lambda article: article["id"])
def test_languages_are_ranked_as_the_library_ranks_them(article, library):
    raw = article["text"]
    for sample in (raw[:40], raw[200:700], raw[:90].upper(), raw):
        taken = take_sample(sample)
        ranked = [lang for lang, _ in library.rank(taken)]
        assert rank_languages(taken)[:N_RANKS_NEAR] == ranked[:N_RANKS_NEAR]


@pytest.mark.parametrize("raw", ["", "\ud800", "12", "a\u0301 \x00", "ﷺ"])
def test_any_text_is_ranked(raw, library):
    assert sorted(rank_languages(raw)) == sorted(library.nb_classes)


@pytest.mark.parametrize("raw", ["هر نظری را پاسخ دهيد و از مشتري بپرسيد " * 99, "Balas setiap komentar pembeli " * 99])
def test_a_long_text_is_sampled_once(raw, monkeypatch):
    samples = []
    monkeypatch.setattr("socialtext.language.take_sample", lambda raw: samples.append(raw) or raw)
    detect_language(raw)
    assert len(samples) == 1
