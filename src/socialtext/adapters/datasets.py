"""Hugging Face datasets: the corpora of the project, and normalizing and taking apart datasets of one's own.

Comes in: a `Dataset`, `IterableDataset` or a dictionary of them. Goes out: the same kind. What is mapped over the
batches is a frozen value of plain options and of the digests of the models: its fingerprint is the same in every
process, so that a second run finds its result in the cache, and another as soon as a model or an option is.

Examples
--------
>>> from datasets import Dataset
>>> ds = Dataset.from_dict({"text": ["Balas komentar pelanggan , setiap hari ."]})
>>> normalize_column(ds, "text", lang="id")["text"][0]
'Balas komentar pelanggan, setiap hari.'
>>> to_units(ds, lang="id")[0]["themes"]
['engagement']
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, Literal, TypeVar

from socialtext.errors import InputError, MissingExtraError, OptionError
from socialtext.io.schema import unit_rows, unit_schema
from socialtext.language import detect_language
from socialtext.models import describe_models
from socialtext.normalize.normalizer import Normalizer
from socialtext.pipeline import ChosenModel, Pipeline, choose_model
from socialtext.types import LANGUAGES, THEMES

try:
    from datasets import (
        ClassLabel,
        Dataset,
        DatasetDict,
        Features,
        IterableDataset,
        IterableDatasetDict,
        List,
        NamedSplit,
        Value,
    )
except ImportError as error:
    raise MissingExtraError("ST691", "this needs datasets: pip install 'socialtext[datasets]'") from error

AnyDataset = TypeVar("AnyDataset", Dataset, DatasetDict, IterableDataset, IterableDatasetDict)
Batch = Mapping[str, Sequence[Any]]

# Batches of passages and numbers of articles that are kept apart, alike in every language. The batches are those
# written for all themes at once.
HELD_OUT: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "passages": {
        "validation": ("translated-a-3", "pages-a-4", "openings-7", "data-2"),
        "test": ("translated-b-3", "pages-b-4", "help_pages-7", "engagement-2"),
    },
    "articles": {
        "validation": ("005", "011", "017", "029", "038", *(f"{n:03}" for n in range(50, 1309, 10))),
        "test": ("006", "012", "018", "030", "042", *(f"{n:03}" for n in range(55, 1309, 10))),
    },
}
SPLITS: Final = ("train", "validation", "test")
N_TEXTS: Final = 1000  # a batch of passages; documents are taken apart in batches of a tenth


def load_corpus(name: Literal["passages", "articles"]) -> DatasetDict:
    """Load a corpus that is installed with the package, in splits ``train``, ``validation`` and ``test``.

    Passages of one batch and the parts of one article are in one split. The released models are trained on all three:
    the splits are for models of your own.

    Parameters
    ----------
    name : {"passages", "articles"}
        ``passages``: single labelled passages. ``articles``: whole pages with blocks, sentences and units, whose
        offsets are code points of the text, half-open.

    Raises
    ------
    OptionError
        ST190 an unknown name.

    Examples
    --------
    >>> passages = load_corpus("passages")
    >>> passages["train"].features["themes"].feature.names
    ['engagement', 'channel_choice', 'social_commerce', 'data']
    """
    if name not in HELD_OUT:
        raise OptionError("ST190", f"corpus {name!r} is not known: choose one of {', '.join(HELD_OUT)}")
    digest = sha256(b"".join(_read_files(name))).hexdigest()  # another corpus is another entry of the cache
    return DatasetDict(
        {
            split: Dataset.from_generator(
                iter_records,
                features=_features(name),
                gen_kwargs={"name": name, "part": split, "digest": digest},
                split=NamedSplit(split),
            )
            for split in SPLITS
        }
    )


def iter_records(name: str, part: str, digest: str) -> Iterator[dict[str, Any]]:
    """Yield the records of one split of a corpus."""
    for data in _read_files(name):
        for line in data.decode("utf-8").split("\n"):
            if line:
                record = json.loads(line)
                if _split_of(name, record["id"]) == part:
                    for unit in record.get("units", ()):
                        # As numbers: datasets looks only at the first unit to see whether there are names to encode.
                        unit["themes"] = [THEMES.index(theme) for theme in unit["themes"]]
                    yield {key: record[key] for key in _features(name)}


def _read_files(name: str) -> list[bytes]:
    folder = files("socialtext") / "corpora"
    if name == "articles":
        return [(folder / "articles.jsonl").read_bytes()]
    return [(folder / "passages" / f"{lang}.jsonl").read_bytes() for lang in LANGUAGES]


def _split_of(name: str, record_id: str) -> str:
    _, rest = record_id.split("-", 1)
    group = rest if name == "articles" else rest.rsplit("-", 1)[0]
    return next((split for split, groups in HELD_OUT[name].items() if group in groups), "train")


def _features(name: str) -> Features:
    themes = List(ClassLabel(names=list(THEMES)))
    head = {"id": Value("string"), "lang": ClassLabel(names=list(LANGUAGES)), "text": Value("string")}
    if name == "passages":
        return Features(
            {**head, "themes": themes, "advice": Value("bool"), "style": Value("string"), "noise": Value("bool")}
        )
    span = {"start": Value("int64"), "end": Value("int64")}
    kinds = ClassLabel(names=["heading", "paragraph", "list_item", "boilerplate"])
    return Features(
        {
            **head,
            "style": Value("string"),
            "blocks": List({**span, "kind": kinds}),
            "sentences": List(span),
            "units": List({**span, "advice": Value("bool"), "themes": themes}),
        }
    )


@dataclass(frozen=True, slots=True)
class LanguageSource:
    """Where the language of a row comes from: one for all, a column, or the text itself (``auto``)."""

    lang: str
    column: str | None

    def find(self, batch: Batch, row: int, text: str) -> str:
        """Return the language of a row."""
        if self.column is None:
            return detect_language(text) if self.lang == "auto" else self.lang
        lang = batch[self.column][row]
        if isinstance(lang, int) and 0 <= lang < len(LANGUAGES):  # a ClassLabel, as load_corpus has it
            return LANGUAGES[lang]
        if lang not in LANGUAGES:
            raise InputError("ST391", f"language {lang!r} in column {self.column!r} is none of {', '.join(LANGUAGES)}")
        return str(lang)


@dataclass(frozen=True, slots=True)
class NormalizeColumn:
    """Normalize one column of a batch."""

    column: str
    source: LanguageSource
    options: tuple[tuple[str, Any], ...]
    release: str

    def __call__(self, batch: Batch, indices: Sequence[int]) -> dict[str, list[str]]:
        """Return the normalized column."""
        return {self.column: [self._normalize(batch, row, index) for row, index in enumerate(indices)]}

    def _normalize(self, batch: Batch, row: int, index: int) -> str:
        text = _get_text(batch, self.column, row, index)
        try:
            lang = self.source.find(batch, row, text)
        except InputError as error:
            raise _at_row(error, index) from error
        return _load_normalizer(lang, self.options).normalize(text)


@dataclass(frozen=True, slots=True)
class MakeUnits:
    """Take the documents of a batch apart."""

    column: str
    id_column: str | None
    source: LanguageSource
    profile: str
    model: ChosenModel | None
    release: str

    def __call__(self, batch: Batch, indices: Sequence[int]) -> dict[str, list[Any]]:
        """Return the rows of all units of the batch, column by column."""
        pipeline = _load_pipeline(self.profile, self.model)
        rows: list[dict[str, Any]] = []
        for row, index in enumerate(indices):
            text = _get_text(batch, self.column, row, index)
            name = str(index if self.id_column is None else batch[self.id_column][row])
            try:
                document = pipeline(text, id=name, lang=self.source.find(batch, row, text))
            except InputError as error:
                raise _at_row(error, index) from error
            rows += unit_rows(document, pipeline.themes)
        return {column: [unit[column] for unit in rows] for column in unit_schema(pipeline.themes).names}


@dataclass(frozen=True, slots=True)
class AddLanguage:
    """Find the language of each text of a batch."""

    column: str
    into: str
    release: str

    def __call__(self, batch: Batch, indices: Sequence[int]) -> dict[str, list[str | None]]:
        """Return the column of languages, None where a text is in none of ours."""
        return {self.into: [self._find(batch, row, index) for row, index in enumerate(indices)]}

    def _find(self, batch: Batch, row: int, index: int) -> str | None:
        try:
            return detect_language(_get_text(batch, self.column, row, index))
        except InputError as error:
            if error.code == "ST320":
                return None
            raise


def normalize_column(
    ds: AnyDataset,
    column: str,
    *,
    lang: str = "auto",
    lang_column: str | None = None,
    num_proc: int | None = None,
    **options: Any,
) -> AnyDataset:
    """Return the dataset with one column of texts normalized.

    Parameters
    ----------
    ds : Dataset, IterableDataset, or a dictionary of them
    column : str
    lang : {"auto", "ar", "fa", "id"}
        ``auto`` finds the language of each text.
    lang_column : str, optional
        Column that names the language of each row, instead of `lang`.
    num_proc : int, optional
        Processes; not for an `IterableDataset`.
    **options
        Those of `socialtext.Normalizer`: ``profile``, ``digits``, any step by name.

    Raises
    ------
    OptionError
        ST101 to ST104 as `socialtext.Normalizer`, ST191 no such column, ST192 `num_proc` with streaming.
    InputError
        ST320 a text in none of the languages, ST390 a row without text, ST391 a row with another language.
    """
    for name in LANGUAGES if lang == "auto" else (lang,):
        Normalizer(name, **options)  # refuses wrong options before any work
    function = NormalizeColumn(column, LanguageSource(lang, lang_column), tuple(sorted(options.items())), _release())
    return _map(ds, function, [column, lang_column], num_proc, N_TEXTS)


def add_language(ds: AnyDataset, column: str, *, into: str = "lang", num_proc: int | None = None) -> AnyDataset:
    """Return the dataset with a column of the languages of its texts, null where a text is in none of ours.

    Filter such rows out before `normalize_column` or `to_units` with ``lang_column``: those refuse them.

    Raises
    ------
    OptionError
        ST191 no such column, ST192 `num_proc` with streaming.
    InputError
        ST390 a row without text.
    """
    return _map(ds, AddLanguage(column, into, _release()), [column], num_proc, N_TEXTS, added={into: Value("string")})


def to_units(
    ds: AnyDataset,
    *,
    lang: str = "auto",
    text_column: str = "text",
    id_column: str | None = None,
    lang_column: str | None = None,
    profile: str = "standard",
    model: str | None = None,
    num_proc: int | None = None,
) -> AnyDataset:
    """Return a dataset of the advice units of all documents: the rows that ``socialtext process`` writes.

    Parameters
    ----------
    ds : Dataset, IterableDataset, or a dictionary of them
        A document a row.
    lang : {"auto", "ar", "fa", "id"}
        ``auto`` finds the language of each document.
    text_column : str
    id_column : str, optional
        Becomes ``doc_id``; without it the number of the row does.
    lang_column : str, optional
        Column that names the language of each row, instead of `lang`.
    profile, model
        See `socialtext.Pipeline`.
    num_proc : int, optional
        Processes; not for an `IterableDataset`.

    Raises
    ------
    OptionError
        ST101, ST102 as `socialtext.Pipeline`, ST191 no such column, ST192 `num_proc` with streaming.
    InputError
        ST320 a document in none of the languages, ST390 a row without text, ST391 a row with another language.
    """
    Pipeline(lang, profile=profile)  # refuses wrong options before any work
    chosen = None if model is None else choose_model(model)
    function = MakeUnits(text_column, id_column, LanguageSource(lang, lang_column), profile, chosen, _release())
    features = Features.from_arrow_schema(unit_schema(THEMES if chosen is None else chosen.themes))
    return _map(ds, function, [text_column, id_column, lang_column], num_proc, N_TEXTS // 10, replaced=features)


def _map(
    ds: AnyDataset,
    function: NormalizeColumn | MakeUnits | AddLanguage,
    needed: Sequence[str | None],
    num_proc: int | None,
    batch_size: int,
    *,
    replaced: Features | None = None,
    added: Mapping[str, Value] | None = None,
) -> AnyDataset:
    """Map a function over the batches, which replaces all columns, adds some, or changes one."""
    if isinstance(ds, dict):
        parts = {
            name: _map(part, function, needed, num_proc, batch_size, replaced=replaced, added=added)
            for name, part in ds.items()
        }
        return type(ds)(parts)
    if not hasattr(ds, "column_names"):
        found = type(ds).__name__
        raise TypeError(f"expected a Dataset, not {found}: Dataset.from_dict({{'text': texts}}) makes one of a list")
    columns = ds.column_names or list(next(iter(ds), {}))  # a stream may not know its columns before its first row
    if missing := [name for name in needed if name is not None and name not in columns]:
        raise OptionError("ST191", f"no column {missing[0]!r}: the columns are {', '.join(columns)}")
    features = replaced
    if features is None and ds.features is not None:
        features = _copy_features(Features({**ds.features, **(added or {})}))
    options: dict[str, Any] = {"with_indices": True, "batched": True, "batch_size": batch_size, "features": features}
    options["remove_columns"] = columns if replaced else None
    if isinstance(ds, IterableDataset):
        if num_proc is not None:
            raise OptionError("ST192", "num_proc: a stream is mapped where it is read; leave num_proc out")
        return ds.map(function, **options)
    return ds.map(function, num_proc=num_proc, desc=type(function).__name__, **options)


def _copy_features(features: Features) -> Features:
    """Return features that share no parts: fingerprints tell shared parts from equal ones, and so would the cache."""
    return Features.from_dict(json.loads(json.dumps(features.to_dict())))


def _get_text(batch: Batch, column: str, row: int, index: int) -> str:
    text = batch[column][row]
    if not isinstance(text, str):
        raise InputError(
            "ST390",
            f"row {index}, column {column!r}: {type(text).__name__} instead of a text: filter such rows out first",
        )
    return text


def _at_row(error: InputError, index: int) -> InputError:
    return InputError(error.code, f"row {index}: {error.message}; see socialtext.adapters.datasets.add_language")


@cache
def _release() -> str:
    """Return what the results depend on beside the options: version and models."""
    from socialtext import __version__

    return json.dumps([__version__, describe_models()], sort_keys=True)


@cache
def _load_normalizer(lang: str, options: tuple[tuple[str, Any], ...]) -> Normalizer:
    return Normalizer(lang, **dict(options))


@cache
def _load_pipeline(profile: str, model: ChosenModel | None) -> Pipeline:
    return Pipeline("auto", profile=profile, model=None if model is None else model.folder)
