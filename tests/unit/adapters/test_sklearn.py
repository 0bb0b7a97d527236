"""The scikit-learn estimators: scikit-learn's own checks, labels of every form, and models that the pipeline reads."""

import json
import pickle
import subprocess
import sys
import zlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

import socialtext as st
from socialtext.errors import InputError, ModelError, OptionError

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import check_is_fitted, validate_data

from socialtext.adapters.sklearn import AdviceUnitSplitter, TextNormalizer, ThemeClassifier


class OfNumbers:
    """The checks of scikit-learn send tables of numbers, which are spelled out here, a row a text.

    All else is the estimator itself. That a table has as many columns as before is the one thing that is checked here
    for it: to the estimator, a text is one feature.
    """

    def fit(self, X, y=None):
        super().fit(spell(validate_data(self, X)), y)
        validate_data(self, X)  # the columns of the table, not of its texts
        return self

    def spell(self, X):
        return spell(validate_data(self, X, reset=not hasattr(self, "n_features_in_")))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = tags.input_tags.string = False
        return tags


class TransformsNumbers(OfNumbers):
    def transform(self, X):
        return number(super().transform(self.spell(X)))


class NormalizesNumbers(TransformsNumbers, TextNormalizer):
    pass


class SplitsNumbers(TransformsNumbers, AdviceUnitSplitter):
    pass


class ClassifiesNumbers(OfNumbers, ThemeClassifier):
    def predict_proba(self, X):
        check_is_fitted(self)
        return super().predict_proba(self.spell(X))


def spell(table):
    """Say each row in words, one a column: its letter, its sign and its size in halves."""
    return [" ".join(spell_number(at, float(value)) for at, value in enumerate(row)) for row in table]


def spell_number(column, value):
    return f"{chr(97 + column % 26)}{'n' if value < 0 else 'p'}{min(int(abs(value) / 0.5), 9)}"


def number(parts):
    """Turn results back into numbers, so that the checks can compare them."""
    return np.array([[zlib.crc32(repr(part).encode())] for part in parts], dtype=float)


@parametrize_with_checks(
    [NormalizesNumbers("id"), SplitsNumbers("id"), ClassifiesNumbers(lang="id", min_passages=1)],
)
def test_the_estimators_keep_the_rules_of_scikit_learn(estimator, check):
    check(estimator)


# Two themes that the released classifier does not have, as a shop would label its mail.
PRICE = [
    "Berapa harga satuan untuk kaus polos?", "Apakah ada diskon untuk pembelian grosir?",
    "Harga di katalog berbeda dengan harga di kasir.", "Mohon kirim daftar harga terbaru.",
    "Potongan harga berlaku sampai kapan?", "Kenapa harga kemeja naik bulan ini?",
    "Bisa minta diskon kalau beli tiga?", "Harga grosir mulai dari berapa lusin?",
]  # fmt: skip
DELIVERY = [
    "Paket saya belum tiba sejak Senin.", "Ongkos kirim ke Makassar berapa?",
    "Kurir tidak menemukan alamat rumah saya.", "Nomor resi pengiriman tidak bisa dilacak.",
    "Apakah pengiriman ke luar pulau tersedia?", "Paket sampai dalam keadaan basah.",
    "Kurir datang ketika toko sudah tutup.", "Kapan paket dikirim dari gudang?",
]  # fmt: skip
OTHER = [
    "Terima kasih atas bantuannya.", "Selamat pagi, salam kenal.", "Foto produknya bagus sekali.",
    "Apakah bahan ini mudah luntur?", "Saya ingin bicara dengan pemilik toko.", "Tokonya ramai, saya pulang dulu.",
    "Warna merahnya lebih tua daripada di layar.", "Nanti saya kabari lagi.",
]  # fmt: skip
TEXTS = [text for three in zip(PRICE, DELIVERY, OTHER, strict=True) for text in three]
NAMES = ["harga", "kirim", ""] * len(PRICE)
BOTH = "Berapa harga dan ongkos kirim paket grosir ke Medan?"


def fit(labels=NAMES, **options):
    return ThemeClassifier(["harga", "kirim"], lang="id", **options).fit(TEXTS, labels)


def test_one_label_a_text_gives_one_label_back():
    classifier = fit()
    assert classifier.classes_.tolist() == ["", "harga", "kirim"]
    assert classifier.predict(["Ada diskon harga?", "Paket dari kurir belum tiba."]).tolist() == ["harga", "kirim"]
    probabilities = classifier.predict_proba(TEXTS)
    assert probabilities.shape == (24, 3)
    assert np.allclose(probabilities.sum(axis=1), 1.0)
    assert classifier.score(TEXTS, NAMES) > 0.9


def test_a_label_without_a_name_stands_for_no_theme():
    assert fit().predict(["Terima kasih, salam untuk pemilik toko."]).tolist() == [""]


def test_labels_in_collections_give_a_table_back():
    labels = [[name] if name else [] for name in NAMES]
    classifier = fit(labels)
    assert classifier.multilabel_
    assert classifier.predict([BOTH, "Selamat pagi."]).tolist() == [[1, 1], [0, 0]]
    table = MultiLabelBinarizer(classes=["harga", "kirim"]).fit_transform(labels)
    assert np.array_equal(fit(table).predict_proba(TEXTS), classifier.predict_proba(TEXTS))


def test_names_of_a_labelled_table_become_the_themes():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(
        {"kirim": [name == "kirim" for name in NAMES], "harga": [name == "harga" for name in NAMES]}
    )
    assert ThemeClassifier(lang="id").fit(TEXTS, table.astype(int)).themes_ == ("kirim", "harga")


@pytest.mark.parametrize(
    ("options", "labels", "code"),
    [
        ({"lang": "de"}, NAMES, "ST101"), ({"tokens": "letters"}, NAMES, "ST193"), ({"threshold": 1.0}, NAMES, "ST194"),
        ({"themes": ["a|b"]}, NAMES, "ST195"), ({"themes": ["advice"]}, NAMES, "ST195"),
        ({"themes": ["x", "x"]}, NAMES, "ST195"), ({"themes": ["harga"]}, NAMES, "ST393"), ({}, [""] * 24, "ST393"),
        ({"themes": ["harga"]}, np.zeros((24, 2), dtype=int), "ST393"),
    ],
)  # fmt: skip
def test_wrong_options_and_labels_get_a_clear_error(options, labels, code):
    with pytest.raises((OptionError, InputError), match=code):
        ThemeClassifier(**{"lang": "id", **options}).fit(TEXTS, labels)


def test_what_is_no_text_is_named_by_its_row():
    for estimator in (TextNormalizer("id"), AdviceUnitSplitter("id")):
        with pytest.raises(InputError, match="ST392: row 1: NoneType"):
            estimator.fit_transform(["satu", None])
        with pytest.raises(InputError, match="put it in a list"):
            estimator.fit_transform("satu")
    with pytest.raises(InputError, match="ST320: row 1"):
        TextNormalizer().fit_transform(
            ["Balas komentar pelanggan setiap hari.", "Das ist ein deutscher Satz über Wein."]
        )
    with pytest.raises(InputError, match="choose one column"):
        fit().predict(np.array([["a", "b"]], dtype=object))


def test_a_theme_without_a_text_is_told():
    with pytest.warns(UserWarning, match="'retur' has no text"):
        classifier = ThemeClassifier(["harga", "kirim", "retur"], lang="id").fit(TEXTS, NAMES)
    assert "retur" not in classifier.predict(TEXTS)


def test_texts_keep_the_shape_in_which_they_came():
    texts = ["Harga , murah", "Toko  kami"]
    expected = ["Harga, murah", "Toko kami"]
    normalizer = TextNormalizer("id")
    assert normalizer.fit_transform(texts).tolist() == expected
    assert normalizer.fit_transform(np.array([texts], dtype=object)).tolist() == [expected]
    assert normalizer.transform(texts).tolist() == expected  # nothing is learned, so nothing must be fitted


def test_columns_keep_their_names():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"title": ["Harga , murah"], "body": ["Toko  kami buka hari Senin."]}, index=[7])
    normalizer = TextNormalizer("id").set_output(transform="pandas")
    result = normalizer.fit_transform(frame)
    assert result.to_dict("index") == {7: {"title": "Harga, murah", "body": "Toko kami buka hari Senin."}}
    assert normalizer.get_feature_names_out().tolist() == ["title", "body"]
    splitter = AdviceUnitSplitter("id").set_output(transform="pandas")
    units = splitter.fit_transform(frame["body"])
    assert list(units.columns) == ["body"]
    assert units["body"].explode().tolist() == ["Toko kami buka hari Senin."]


def test_a_column_transformer_normalizes_one_column_of_a_table():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"text": ["Harga , murah", "Toko kami"], "n": [1, 2]})
    words = make_column_transformer((make_pipeline(TextNormalizer("id"), TfidfVectorizer()), "text"))
    assert words.fit_transform(frame).shape == (2, 4)


def test_a_splitter_gives_the_units_of_the_segmenter():
    pages = ["Pilih satu kanal.\n\nUkur\n\n- jumlah klik\n- konversi", "Balas komentar."]
    expected = [[unit.text for unit in st.Segmenter("id").segment(page).units] for page in pages]
    splitter = AdviceUnitSplitter("id")
    assert splitter.fit_transform(pages).tolist() == expected
    units, rows = splitter.split(pages)
    assert units == [unit for parts in expected for unit in parts]
    assert rows.tolist() == [0] * len(expected[0]) + [1] * len(expected[1])


def test_a_grid_search_chooses_a_profile():
    steps = make_pipeline(TextNormalizer("id"), TfidfVectorizer(), LogisticRegression())
    search = GridSearchCV(steps, {"textnormalizer__profile": ["standard", "search", "minimal"]}, cv=2)
    search.fit(TEXTS, NAMES)
    assert search.best_params_["textnormalizer__profile"] in ("standard", "search", "minimal")
    assert len(search.cv_results_["params"]) == 3


def test_a_grid_search_chooses_options_of_the_classifier_with_several_themes_a_text():
    table = np.array([[name == "harga", name == "kirim"] for name in NAMES], dtype=int)
    search = GridSearchCV(ThemeClassifier(["harga", "kirim"], lang="id"), {"C": [0.1, 10.0]}, cv=2, scoring="f1_macro")
    assert search.fit(TEXTS, table).best_score_ > 0.3


def test_clones_and_pickles_are_equal_and_unfitted():
    classifier = fit(C=3.0)
    assert clone(classifier).get_params() == classifier.get_params()
    assert not hasattr(clone(classifier), "model_")
    again = pickle.loads(pickle.dumps(classifier))
    assert np.array_equal(again.predict_proba(TEXTS), classifier.predict_proba(TEXTS))


def test_a_saved_model_says_in_the_pipeline_what_the_estimator_says(tmp_path):
    classifier = fit([[name] if name else [] for name in NAMES])
    classifier.save(tmp_path / "mail")
    loaded = st.ThemeClassifier.load(tmp_path / "mail")
    assert loaded.themes == ("harga", "kirim")
    found = loaded.classify([*TEXTS, BOTH], lang="id")
    scores = [[label.scores["harga"], label.scores["kirim"]] for label in found]
    assert np.allclose(scores, classifier.predict_proba([*TEXTS, BOTH]), atol=1e-5)
    assert set(found[-1].themes) == {"harga", "kirim"}
    released = st.ThemeClassifier.load().classify(TEXTS, lang="id")
    assert [label.advice_score for label in found[:-1]] == [label.advice_score for label in released]
    document = st.Pipeline("id", model=tmp_path / "mail")(DELIVERY[0])
    assert document.units[0].themes == ("kirim",)


def test_the_same_texts_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        fit().save(tmp_path / name)
    for file in ("model.json", "weights.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_the_sentence_that_introduces_a_list_has_none_of_the_own_themes(tmp_path):
    fit().save(tmp_path)
    document = st.Pipeline("id", model=tmp_path)("Harga grosir kami:\n- diskon harga lusin\n- harga satuan")
    assert [bool(unit.themes) for unit in document.units] == [False, True, True]
    assert set(document.units[0].scores.values()) == {0.0}


@pytest.mark.parametrize(("records", "ending"), [("units", "jsonl"), ("documents", "parquet")])
def test_process_writes_the_columns_of_the_own_themes(tmp_path, records, ending):
    fit().save(tmp_path / "mail")
    (tmp_path / "page.txt").write_text(DELIVERY[0], encoding="utf-8")
    out = tmp_path / f"out.{ending}"
    args = ["process", tmp_path / "page.txt", "-o", out, "--model", tmp_path / "mail", "--records", records]
    done = subprocess.run([sys.executable, "-m", "socialtext", *map(str, args)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (row,) = read(out)
    unit = row if records == "units" else row["units"][0]
    assert unit["themes"] == ["kirim"]
    scores = {name.removeprefix("score_") for name in unit if name.startswith("score_")} or set(unit["scores"])
    assert scores == {"harga", "kirim"}


def read(path):
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pylist()


def test_a_folder_with_another_model_or_none_is_refused(tmp_path):
    models = Path(str(files("socialtext") / "models" / "themes" / "model.json")).parents[1]
    assert st.Pipeline("id", model=models / "themes").themes == st.THEMES
    with pytest.raises(ModelError, match="ST590"):
        st.Pipeline("id", model=models / "units")
    with pytest.raises(ModelError, match="ST501"):
        st.Pipeline("id", model=tmp_path)


def test_a_model_that_was_replaced_is_not_taken_for_the_one_chosen(tmp_path):
    fit().save(tmp_path)
    chosen = st.Pipeline("id", model=tmp_path)
    fit(C=1.0).save(tmp_path)
    with pytest.raises(ModelError, match="ST591"):
        chosen(TEXTS[0])
    assert st.Pipeline("id", model=tmp_path)(DELIVERY[0]).units[0].themes == ("kirim",)


def test_hazm_tokens_without_hazm_name_the_extra():
    try:
        import hazm  # noqa: F401
    except ImportError:
        with pytest.raises(ImportError, match=r"ST695.*socialtext\[hazm\]"):
            ThemeClassifier(lang="fa", tokens="hazm").fit(["قیمت"], ["a"])
    else:
        texts = ["قیمت را خواهم پرسید", "بسته نرسیده است"] * 3
        classifier = ThemeClassifier(lang="fa", tokens="hazm").fit(texts, ["a", "b"] * 3)
        assert "w:خواهم_پرسید" in classifier.model_.linear.index
