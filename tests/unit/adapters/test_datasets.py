"""The Hugging Face adapter: the corpora, and normalized columns and units in every kind of dataset."""

import os
import pickle
import subprocess
import sys

import pytest

import socialtext as st
from socialtext.errors import InputError, OptionError
from socialtext.io.schema import unit_rows, unit_schema

datasets = pytest.importorskip("datasets")

from datasets import Dataset, DatasetDict, Features, IterableDataset, IterableDatasetDict

from socialtext.adapters.datasets import HELD_OUT, add_language, load_corpus, normalize_column, to_units

FA = "بهتر است به هر كامنت مشتری جواب بدهید ، نظرشان را بپرسید."
ID = "Balas setiap komentar pelanggan Anda di hari yang sama ."
AR = "في الواقع ، يجب أن ترد على تعليقات العملاء كل يوم."
GERMAN = "Dies ist ein deutscher Text über das Wetter und die schönen Berge im Sommer."


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory):
    """Keep what is cached out of the user's own folder, and the bars out of the output."""
    folder = tmp_path_factory.mktemp("huggingface")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets.config, "HF_DATASETS_CACHE", folder)
        datasets.disable_progress_bars()
        yield folder
    datasets.enable_progress_bars()


@pytest.fixture(scope="module")
def corpora(cache):
    return {"passages": load_corpus("passages"), "articles": load_corpus("articles")}


def stream(rows):
    return IterableDataset.from_generator(lambda: iter(rows))


def test_the_corpora_have_splits_and_features(corpora):
    for name, corpus in corpora.items():
        assert isinstance(corpus, DatasetDict)
        assert list(corpus) == ["train", "validation", "test"]
        assert len({repr(part.features) for part in corpus.values()}) == 1
        ids = [row for part in corpus.values() for row in part["id"]]
        assert len(ids) == len(set(ids)) >= (54 if name == "articles" else 3600)
    features = corpora["passages"]["train"].features
    assert features["themes"].feature.names == list(st.THEMES)
    assert features["lang"].names == ["ar", "fa", "id"]


def test_every_held_out_part_has_all_languages_and_themes(corpora):
    for name, corpus in corpora.items():
        for split, groups in HELD_OUT[name].items():
            part = corpus[split]
            assert set(part["lang"]) == {0, 1, 2}
            assert all(any(group in row for row in part["id"]) for group in groups)
            rows = part["themes"] if name == "passages" else [u["themes"] for units in part["units"] for u in units]
            assert {theme for themes in rows for theme in themes} == {0, 1, 2, 3}
            assert 0.1 < len(part) / sum(map(len, corpus.values())) < 0.25


def test_offsets_of_the_articles_point_into_their_text(corpora):
    article = corpora["articles"]["test"][0]
    assert article["text"][article["blocks"][0]["start"] : article["blocks"][0]["end"]].strip()
    assert article["units"][-1]["end"] <= len(article["text"])
    names = corpora["articles"]["test"].features["units"].feature["themes"].feature
    assert {names.int2str(theme) for unit in article["units"] for theme in unit["themes"]} <= set(st.THEMES)


def test_an_unknown_corpus_is_refused():
    with pytest.raises(OptionError, match="ST190"):
        load_corpus("poems")


def test_a_column_is_normalized_and_the_others_stay():
    ds = Dataset.from_dict({"text": [FA, "كتاب"], "n": [1, 2]})
    result = normalize_column(ds, "text", lang="fa", punctuation=False, digits="keep")
    normalizer = st.Normalizer("fa", punctuation=False, digits="keep")
    assert result["text"][:] == [normalizer.normalize(FA), "کتاب"]
    assert result["n"][:] == [1, 2]
    assert result.features == ds.features


def test_languages_come_from_the_text_or_from_a_column(corpora):
    ds = Dataset.from_dict({"text": [FA, ID, AR], "lang": ["fa", "id", "ar"]})
    expected = [st.normalize(text, lang=lang) for text, lang in zip(ds["text"], ds["lang"], strict=True)]
    assert normalize_column(ds, "text")["text"][:] == expected
    assert normalize_column(ds, "text", lang_column="lang")["text"][:] == expected
    passages = corpora["passages"]["test"].select([0, 200, 400])
    assert to_units(passages, lang_column="lang")["lang"][:][0] == "ar"


def test_texts_in_other_languages_are_told_and_can_be_left_out():
    ds = Dataset.from_dict({"text": [FA, GERMAN, ID]})
    for work in (lambda: normalize_column(ds, "text"), lambda: to_units(ds)):
        with pytest.raises(InputError, match="ST320: row 1: detected language 'de'.*add_language"):
            work()
    known = add_language(ds, "text").filter(lambda row: row["lang"] is not None)
    assert known["lang"][:] == ["fa", "id"]
    assert set(to_units(known, lang_column="lang")["lang"]) == {"fa", "id"}


def test_units_are_the_rows_of_the_command_line(corpora):
    articles = corpora["articles"]["test"]
    result = to_units(articles, lang_column="lang", id_column="id")
    assert result.features == Features.from_arrow_schema(unit_schema())
    pipeline = st.Pipeline("auto")
    expected = [row for article in articles for row in unit_rows(pipeline(article["text"], id=article["id"]))]
    assert len(result) == len(expected) > 100
    for row, other in zip(result, expected, strict=True):
        assert {**row, **{name: pytest.approx(value) for name, value in row.items() if "score" in name}} == other


def test_a_text_without_units_gives_no_rows_and_rows_count_as_ids():
    ds = Dataset.from_dict({"text": ["", ID]})
    assert to_units(ds, lang="id")["doc_id"][:] == ["1"]
    empty = to_units(ds.select([0]), lang="id")
    assert (len(empty), empty.column_names) == (0, unit_schema().names)


def test_streams_and_dictionaries_give_the_same_rows(corpora):
    articles = corpora["articles"]["test"].select(range(3))
    expected = list(to_units(articles, lang="ar"))
    streamed = to_units(articles.to_iterable_dataset(), lang="ar")
    assert isinstance(streamed, IterableDataset)
    assert rounded(streamed) == rounded(expected)
    of_generator = to_units(stream([{"text": text} for text in articles["text"]]), lang="ar")
    assert rounded(of_generator) == rounded(expected)
    both = IterableDatasetDict({"a": articles.to_iterable_dataset(), "b": stream([{"text": "x"}])})
    results = to_units(both, lang="ar")
    assert isinstance(results, IterableDatasetDict)
    assert rounded(results["a"]) == rounded(expected)
    normal = normalize_column(DatasetDict({"a": articles}), "text", lang="ar")
    assert list(normalize_column(both["a"], "text", lang="ar")) == list(normal["a"])
    assert next(iter(add_language(both["a"], "text")))["lang"] == "ar"


def rounded(rows):
    """A stream has the scores before Arrow keeps them in 32 bits."""
    return [
        {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()} for row in rows
    ]


def test_a_stream_is_read_only_as_far_as_it_is_needed():
    read = []

    def rows():
        for number in range(10_000):
            read.append(number)
            yield {"text": ID}

    first = next(iter(to_units(IterableDataset.from_generator(rows), lang="id")))
    assert first["text"] == st.normalize(ID, lang="id")
    assert len(read) < 1000


def test_two_processes_give_the_same_rows(corpora):
    articles = corpora["articles"]["validation"]
    alone = to_units(articles, lang_column="lang", id_column="id")
    assert list(to_units(articles, lang_column="lang", id_column="id", num_proc=2)) == list(alone)


@pytest.mark.parametrize(
    ("work", "code"),
    [
        (lambda ds: normalize_column(ds, "body", lang="fa"), "ST191"),
        (lambda ds: to_units(ds, lang_column="language"), "ST191"),
        (lambda ds: to_units(ds.to_iterable_dataset(), lang="fa", num_proc=2), "ST192"),
        (lambda ds: normalize_column(ds, "text", lang="de"), "ST101"),
        (lambda ds: normalize_column(ds, "text", lang="fa", magic=True), "ST103"),
        (lambda ds: to_units(ds, profile="best"), "ST102"),
        (lambda ds: to_units(ds, lang="fa"), "ST390: row 1, column 'text': NoneType"),
        (lambda ds: normalize_column(ds, "text", lang_column="lang"), "ST391: row 0: language 'de'"),
    ],
)
def test_wrong_use_gets_a_clear_error(work, code):
    ds = Dataset.from_dict({"text": [FA, None], "lang": ["de", "fa"]})
    with pytest.raises((OptionError, InputError), match=code):
        work(ds)


def test_a_second_run_in_another_process_finds_its_result_in_the_cache(tmp_path):
    code = """if True:
        import warnings
        warnings.simplefilter("error")
        import datasets
        datasets.disable_progress_bars()
        import socialtext.adapters.datasets as adapter
        from socialtext.adapters.datasets import load_corpus, normalize_column, to_units

        articles = load_corpus("articles")["validation"]
        parts = [normalize_column(articles, "text", lang_column="lang", quotes=False, tatweel=True),
                 to_units(articles, lang="auto")]
        print(*[part._fingerprint for part in parts], adapter._load_pipeline.cache_info().misses)
    """
    lines = []
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "HF_HOME": str(tmp_path)}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        lines.append(done.stdout.split())
    assert lines[0][:2] == lines[1][:2]
    assert (lines[0][2], lines[1][2]) == ("1", "0")  # the second run has taken no document apart


def test_other_options_are_another_result():
    ds = Dataset.from_dict({"text": [FA]})
    prints = [
        normalize_column(ds, "text", lang="fa", **options)._fingerprint
        for options in ({}, {"profile": "search"}, {"digits": "keep"}, {"quotes": False})
    ]
    assert len(set(prints)) == 4


def test_own_themes_name_the_score_columns(tmp_path):
    pytest.importorskip("sklearn")
    from socialtext.adapters.sklearn import ThemeClassifier

    texts = ["Harga grosir kaus polos berapa?", "Paket kurir belum tiba di rumah saya."] * 4
    classifier = ThemeClassifier(lang="id").fit(texts, ["harga", "kirim"] * 4)
    classifier.save(tmp_path)
    ds = Dataset.from_dict({"text": texts[:2]})
    result = to_units(ds, lang="id", model=str(tmp_path))
    assert result.column_names[-2:] == ["score_harga", "score_kirim"]
    assert result["themes"][:] == [["harga"], ["kirim"]]
    ThemeClassifier(lang="id", C=0.01).fit(texts, ["harga", "kirim"] * 4).save(tmp_path)
    again = to_units(ds, lang="id", model=str(tmp_path))
    assert again._fingerprint != result._fingerprint
    assert again["score_harga"][0] != result["score_harga"][0]


@pytest.mark.parametrize(
    "make",
    ["st.Normalizer('fa', profile='search', digits='keep', quotes=True)", "st.Pipeline('auto', profile='formal')"],
)
def test_pickles_are_small_and_the_same_in_every_process(make):
    code = f"import pickle, sys, socialtext as st; sys.stdout.buffer.write(pickle.dumps({make}, protocol=4))"
    pickles = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert pickles[0] == pickles[1]
    assert len(pickles[0]) < 2000
    raw = "كتاب ، «شبكه های» ۱۲"
    here, there = eval(make), pickle.loads(pickles[0])
    if isinstance(here, st.Normalizer):
        assert there.normalize(raw) == here.normalize(raw)
        assert (there.steps, there.profile) == (here.steps, here.profile)
    else:
        assert there(FA) == here(FA)


def test_a_list_of_texts_is_told_how_to_become_a_dataset():
    with pytest.raises(TypeError, match="not list: Dataset.from_dict"):
        to_units(["satu teks"], lang="id")
