"""scikit-learn estimators over texts: normalize them, split them into advice units, classify them by own themes.

Comes in: texts, as a list, array or Series of `str`; tables are taken where each column is text. A text is one
feature. Goes out: what scikit-learn's own text estimators give and take, so that these stand in pipelines, column
transformers and grid searches beside them.

Examples
--------
>>> from sklearn.feature_extraction.text import CountVectorizer
>>> from sklearn.pipeline import make_pipeline
>>> words = make_pipeline(TextNormalizer("fa", profile="search"), CountVectorizer())
>>> words.fit(["شبکههای اجتماعی", "شبکه‌های اجتماعي"]).get_feature_names_out().tolist()
['اجتماعی', 'شبکههای']
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from socialtext.errors import InputError, MissingExtraError, OptionError
from socialtext.language import detect_language
from socialtext.normalize.normalizer import Normalizer
from socialtext.pipeline import Segmenter, load_token_fold
from socialtext.types import LANGUAGES

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, OneToOneFeatureMixin, TransformerMixin
    from sklearn.utils.multiclass import check_classification_targets, type_of_target
    from sklearn.utils.validation import check_array, check_consistent_length, check_is_fitted, column_or_1d
except ImportError as error:
    raise MissingExtraError("ST696", "the estimators need scikit-learn: pip install 'socialtext[train]'") from error

from socialtext.training.own_themes import OwnThemeModel, fit_own_themes, write_own_themes
from socialtext.training.themes import Example, ExampleReader

TOKENS: Final = ("words", "hazm")
NO_THEME: Final = ""
Objects = npt.NDArray[np.object_]


class _TextTransformer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Change every text by itself: the result has the shape of what came, and nothing is learned."""

    feature_names_in_: Objects

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803
        """Check the options and note the names of the columns; texts are not looked at one by one."""
        self._check_options()
        table = _as_table(X)
        names = getattr(X, "columns", None)
        if names is None and getattr(X, "name", None) is not None:
            names = [X.name]
        self.n_features_in_ = 1 if table.ndim == 1 else table.shape[1]
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        if names is not None and all(isinstance(name, str) for name in names):
            self.feature_names_in_ = np.asarray(names, dtype=object)
        return self

    def transform(self, X: Any) -> Objects:  # noqa: N803
        """Return the changed texts.

        Parameters
        ----------
        X : sequence of str, or table of str with shape (n_texts, n_columns)

        Returns
        -------
        object array, of the shape of `X`

        Raises
        ------
        OptionError
            ST101 to ST104 as `socialtext.Normalizer`.
        InputError
            ST320 a text in none of the languages, with ``lang="auto"``; ST392 something that is no text.
        """
        self._check_options()
        table = _as_table(X)
        flat = _read_texts(table.reshape(-1))
        result = np.empty(len(flat), dtype=object)
        result[:] = self._change(flat)
        return result.reshape(table.shape)

    def _check_options(self) -> None:
        raise NotImplementedError

    def _change(self, texts: list[str]) -> list[Any]:
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = []
        tags.no_validation = True
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


class TextNormalizer(_TextTransformer):
    """Normalize texts.

    Parameters
    ----------
    lang : {"auto", "ar", "fa", "id"}
        ``auto`` finds the language of each text; name it where texts are short.
    profile : {"standard", "formal", "search", "minimal"}
    options : dict, optional
        Other options of `socialtext.Normalizer`, as ``{"digits": "keep", "halfspace": False}``.

    Examples
    --------
    >>> TextNormalizer("ar").fit_transform(["في الواقع ، نعم"]).tolist()
    ['في الواقع، نعم']
    """

    def __init__(
        self,
        lang: str = "auto",
        *,
        profile: str = "standard",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.lang = lang
        self.profile = profile
        self.options = options

    def _check_options(self) -> None:
        for lang in LANGUAGES if self.lang == "auto" else (self.lang,):
            self._load(lang)

    def _load(self, lang: str) -> Normalizer:
        return _load_normalizer(lang, self.profile, tuple(sorted((self.options or {}).items())))

    def _change(self, texts: list[str]) -> list[str]:
        if self.lang != "auto":
            return self._load(self.lang).normalize_batch(texts)
        langs = _find_languages(texts, self.lang)
        return [self._load(lang).normalize(text) for lang, text in zip(langs, texts, strict=True)]


class AdviceUnitSplitter(_TextTransformer):
    """Split texts into advice units: each text becomes the list of the normalized texts of its units.

    Rows stay rows, as scikit-learn wants it; `split` gives one row a unit.

    Parameters
    ----------
    lang : {"auto", "ar", "fa", "id"}
    profile : {"standard", "formal", "search", "minimal"}

    Examples
    --------
    >>> page = "Balas setiap komentar di hari yang sama , sebab yang menunggu akan pergi."
    >>> AdviceUnitSplitter("id").fit_transform([page])[0]
    ['Balas setiap komentar di hari yang sama, sebab yang menunggu akan pergi.']
    """

    def __init__(self, lang: str = "auto", *, profile: str = "standard") -> None:
        self.lang = lang
        self.profile = profile

    def split(self, texts: Iterable[str]) -> tuple[list[str], npt.NDArray[np.intp]]:
        """Return the units of all texts one after the other, and for each the index of its text."""
        units = self.transform(list(texts))
        rows = np.repeat(np.arange(len(units)), [len(parts) for parts in units])
        return [unit for parts in units for unit in parts], rows

    def _check_options(self) -> None:
        for lang in LANGUAGES if self.lang == "auto" else (self.lang,):
            _load_segmenter(lang, self.profile)

    def _change(self, texts: list[str]) -> list[list[str]]:
        langs = _find_languages(texts, self.lang)
        return [
            [unit.text for unit in _load_segmenter(lang, self.profile).segment(text).units]
            for lang, text in zip(langs, texts, strict=True)
        ]


class ThemeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classify texts by themes of one's own.

    One logistic regression for each theme over the features of the released classifier, which are words and pairs of
    them, their n-grams, the words at the edges of sentences, marks, and what the cue tables know of marketing.
    Probabilities are calibrated on passages held out in turn, where a theme has enough of them. `save` writes a model
    for ``socialtext process --model`` and ``socialtext.Pipeline``.

    Labels may be one a text, or any number a text:

    - a sequence of names: each text has one theme, or none where the name is empty (``""``); `predict` gives names;
    - a sequence of collections of names, or a table of 0 and 1 with a column for each of `themes`: each text has any
      number of themes; `predict` gives such a table. For scikit-learn's searches and scores, labels must be the table
      (`sklearn.preprocessing.MultiLabelBinarizer` makes one).

    Parameters
    ----------
    themes : sequence of str, optional
        Names, in the order of columns and scores; by default those of the labels, sorted.
    lang : {"auto", "ar", "fa", "id"}
        ``auto`` finds the language of each text; name it where texts are short.
    C : float
        Inverse regularization.
    min_passages : int
        A feature must occur in so many texts.
    threshold : float
        A text has the themes whose probability is at least this.
    tokens : {"words", "hazm"}
        How Persian words are cut; ``hazm`` needs the extra of that name, to predict as well.

    Attributes
    ----------
    classes_ : array, shape (n_classes,)
        With one label a text all labels, the empty one too; else the themes.
    themes_ : tuple of str
    multilabel_ : bool
        Whether a text may have more than one theme.

    Examples
    --------
    >>> texts = ["Ongkir gratis ke Bandung", "Paket tiba dua hari", "Harga naik lagi", "Diskon harga kaus"] * 5
    >>> labels = ["kirim", "kirim", "harga", "harga"] * 5
    >>> classifier = ThemeClassifier(themes=["harga", "kirim"], lang="id").fit(texts, labels)
    >>> classifier.predict(["Harga ongkir naik", "Paket ke Medan"]).tolist()
    ['harga', 'kirim']
    """

    def __init__(
        self,
        themes: Sequence[str] | None = None,
        *,
        lang: str = "auto",
        C: float = 10.0,  # noqa: N803, scikit-learn's own name
        min_passages: int = 2,
        threshold: float = 0.5,
        tokens: str = "words",
    ) -> None:
        self.themes = themes
        self.lang = lang
        self.C = C
        self.min_passages = min_passages
        self.threshold = threshold
        self.tokens = tokens

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """Fit to texts and their labels.

        Raises
        ------
        OptionError
            ST101 an unknown language, ST193 `tokens`, ST194 `threshold`, ST195 names that cannot be themes.
        InputError
            ST320 a text in none of the languages, ST392 something that is no text, ST393 labels that are not of
            `themes`.
        MissingExtraError
            ST695 hazm is not installed.
        """
        self._check_options()
        texts = _read_texts(_as_column(X))
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        targets = self._read_labels(y)
        check_consistent_length(texts, targets)
        if not texts:
            raise InputError("ST394", "there are no texts to fit to: found 0 sample(s), at least 1 is needed")
        for name in np.asarray(self.themes_, dtype=object)[~targets.any(axis=0)]:
            warnings.warn(f"theme {name!r} has no text: it will never be predicted", UserWarning, stacklevel=2)
        examples = self._read_examples(texts)
        self.n_features_in_ = 1
        self.n_texts_ = len(texts)
        self.langs_ = sorted({example.lang for example in examples})
        matchers = _load_reader(self.tokens).matchers
        self.model_: OwnThemeModel = fit_own_themes(
            examples, targets, matchers, strength=self.C, min_passages=self.min_passages
        )
        return self

    def predict_proba(self, X: Any) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return probabilities, shape (n_texts, n_classes).

        With any number of themes a text, each column is by itself. With one label a text, rows sum to one: the
        probabilities of the themes side by side with that of no theme, which is what the likeliest one leaves.
        """
        check_is_fitted(self)
        examples = self._read_examples(_read_texts(_as_column(X)))
        scores = self.model_.predict(examples, _load_reader(self.tokens).matchers)
        if self.multilabel_:
            return scores
        columns = dict(zip(self._labels, scores.T, strict=True))
        odds = self.threshold / (1.0 - self.threshold)
        nothing = odds * (1.0 - scores.max(axis=1, initial=0.0))
        side_by_side = np.column_stack([columns.get(label, nothing) for label in self.classes_.tolist()])
        total = side_by_side.sum(axis=1, keepdims=True)
        return np.asarray(
            np.divide(side_by_side, total, where=total > 0, out=np.full_like(side_by_side, 1 / len(columns)))
        )

    def predict(self, X: Any) -> npt.NDArray[Any]:  # noqa: N803
        """Return one label a text, shape (n_texts,), or a table of 0 and 1, shape (n_texts, n_themes)."""
        scores = self.predict_proba(X)
        if self.multilabel_:
            return (scores >= self.threshold).astype(np.int64)
        return np.asarray(self.classes_[scores.argmax(axis=1)])

    def save(self, folder: str | Path) -> None:
        """Write the model for ``socialtext process --model`` and ``socialtext.Pipeline(model=…)``.

        A unit then has every theme whose probability is at least the threshold.

        Raises
        ------
        OptionError
            ST195 labels that are no names.
        """
        check_is_fitted(self)
        _check_names(self.themes_)
        facts = {"n_passages": self.n_texts_, "languages": self.langs_, "tokens": self.tokens}
        write_own_themes(Path(folder), self.model_, self.themes_, self.threshold, facts)

    def _check_options(self) -> None:
        if self.lang != "auto" and self.lang not in LANGUAGES:
            raise OptionError("ST101", f"language {self.lang!r} is not known: choose auto or {', '.join(LANGUAGES)}")
        if self.tokens not in TOKENS:
            raise OptionError("ST193", f"tokens={self.tokens!r} is not known: choose one of {', '.join(TOKENS)}")
        if not 0.0 < self.threshold < 1.0:
            raise OptionError("ST194", f"threshold={self.threshold!r}: a probability between 0 and 1 is expected")
        if self.themes is not None:
            _check_names(self.themes)

    def _read_labels(self, y: Any) -> npt.NDArray[np.bool_]:
        """Return the labels as a table with a column for each theme; sets what is learned of their form."""
        if _are_collections(y):
            table = [set(names) for names in y]
            found: list[Any] = sorted(set().union(*table))
            self._learn_themes(found, multilabel=True)
            return np.array([[theme in names for theme in self.themes_] for names in table], dtype=bool).reshape(
                len(table), len(self.themes_)
            )
        if _is_table(y) and type_of_target(y) == "multilabel-indicator":
            indicator = np.asarray(y.todense() if hasattr(y, "todense") else y)
            names = list(getattr(y, "columns", range(indicator.shape[1])) if self.themes is None else self.themes)
            if len(names) != indicator.shape[1]:
                raise InputError("ST393", f"labels have {indicator.shape[1]} columns for {len(names)} themes")
            self._learn_themes([str(name) for name in names], multilabel=True)
            return np.asarray(indicator, dtype=bool)
        labels = column_or_1d(
            check_array(y, ensure_2d=False, ensure_min_samples=0, dtype=None, input_name="y"), warn=True
        )
        check_classification_targets(labels)
        self.classes_ = np.unique(labels)
        self._learn_themes([label for label in self.classes_.tolist() if label != NO_THEME], multilabel=False)
        return np.array([labels == label for label in self._labels], dtype=bool).reshape(-1, len(labels)).T

    def _learn_themes(self, found: list[Any], *, multilabel: bool) -> None:
        self._labels: list[Any] = found if self.themes is None else list(self.themes)
        if not self._labels:
            raise InputError("ST393", "the labels name no theme")
        if unknown := [label for label in found if label not in self._labels]:
            raise InputError("ST393", f"label {unknown[0]!r} is none of the themes {', '.join(self._labels)}")
        self.themes_ = tuple(map(str, self._labels))
        self.multilabel_ = multilabel
        if multilabel:
            self.classes_ = np.array(self.themes_, dtype=object)

    def _read_examples(self, texts: list[str]) -> list[Example]:
        reader = _load_reader(self.tokens)
        langs = _find_languages(texts, self.lang)
        return [
            reader.read_passage({"text": text, "lang": lang, "themes": (), "advice": False}, "")
            for text, lang in zip(texts, langs, strict=True)
        ]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


def _as_table(X: Any) -> Objects:  # noqa: N803
    """Return texts as an array of objects, of the shape that they came in."""
    if isinstance(X, str):
        raise InputError("ST392", "one text where a sequence of texts is expected: put it in a list")
    if hasattr(X, "toarray"):
        raise InputError("ST392", "a sparse matrix where texts are expected")
    if hasattr(X, "__array__"):
        return np.asarray(X, dtype=object)
    texts = list(X)
    table = np.empty(len(texts), dtype=object)
    table[:] = texts
    return table


def _as_column(X: Any) -> Objects:  # noqa: N803
    """Return texts as an array of one dimension; a table must have one column."""
    table = _as_table(X)
    if table.ndim == 2 and table.shape[1] == 1:
        return table[:, 0]
    if table.ndim != 1:
        raise InputError("ST392", f"a table of shape {table.shape} where one text a row is expected: choose one column")
    return table


def _read_texts(column: Objects) -> list[str]:
    texts: list[str] = column.tolist()
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError("ST392", f"row {row}: {type(text).__name__} where a text is expected")
    return texts


def _find_languages(texts: Sequence[str], lang: str) -> list[str]:
    if lang != "auto":
        return [lang] * len(texts)
    langs = []
    for row, text in enumerate(texts):
        try:
            langs.append(detect_language(text))
        except InputError as error:
            raise InputError(error.code, f"row {row}: {error.message}") from error
    return langs


def _are_collections(y: Any) -> bool:
    """Whether labels are collections of names: every one is a list, tuple or set, and all in them are texts."""
    if hasattr(y, "__array__"):
        labels = np.asarray(y)
        if labels.ndim != 1 or labels.dtype != object:
            return False
        y = labels.tolist()
    rows = [] if hasattr(y, "toarray") else list(y)
    collections = bool(rows) and all(isinstance(names, list | tuple | set | frozenset) for names in rows)
    return collections and all(isinstance(name, str) for names in rows for name in names)


def _is_table(y: Any) -> bool:
    if hasattr(y, "ndim"):
        return bool(y.ndim == 2)
    return not hasattr(y, "__array__") and isinstance(next(iter(y), None), list | tuple | np.ndarray)


def _check_names(names: Sequence[Any]) -> None:
    for name in names:
        if not isinstance(name, str) or not name.strip() or name == "advice" or set(name) & set("|\n\r"):
            raise OptionError(
                "ST195", f"{name!r} cannot be a theme: a name is a text without '|' and line breaks, and not 'advice'"
            )
    if len(set(names)) != len(names):
        raise OptionError("ST195", f"themes {list(names)}: each must have a name of its own")


@cache
def _load_normalizer(lang: str, profile: str, options: tuple[tuple[str, Any], ...]) -> Normalizer:
    return Normalizer(lang, profile=profile, **dict(options))


@cache
def _load_segmenter(lang: str, profile: str) -> Segmenter:
    return Segmenter(lang, profile=profile)


@cache
def _load_reader(tokens: str) -> ExampleReader:
    return ExampleReader(lambda lang: load_token_fold(lang, tokens))
