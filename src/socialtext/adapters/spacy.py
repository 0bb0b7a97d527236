"""spaCy components: structure, themes and search keys on a `spacy.tokens.Doc` whose text stays raw.

Comes in: Docs of any tokenizer. Goes out: the same Docs with sentence starts, the span groups ``advice_units`` and
``blocks``, extension attributes and ``token.norm_``. Text and tokens are never changed: normalized text is computed
when it is asked for, and reaches the raw text by its alignment.

With the extra ``spacy`` installed, spaCy finds the factories by entry point; nothing needs to be imported. Only who
reads a `DocBin` in a process without any of the components imports this module first, for the attributes.

Spans are widened to whole tokens (``alignment_mode="expand"``): where a unit begins or ends within a token, as in
«این.واین», the token belongs to both neighbours, so that no character of a unit is lost.

Examples
--------
>>> import spacy
>>> nlp = spacy.blank("id")
>>> _ = nlp.add_pipe("socialtext")
>>> doc = nlp("Balas setiap komentar pelanggan Anda di hari yang sama .")
>>> unit = doc.spans["advice_units"][0]
>>> unit._.themes[0], unit._.advice
('engagement', True)
>>> doc._.normalized
'Balas setiap komentar pelanggan Anda di hari yang sama.'
"""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from socialtext.errors import MissingExtraError, OptionError
from socialtext.language import detect_language
from socialtext.models import copy_model
from socialtext.normalize.normalizer import Normalizer
from socialtext.normalize.steps import check_profile
from socialtext.pipeline import Pipeline, Segmenter, ThemeClassifier
from socialtext.types import LANGUAGES, AdviceUnit, Alignment, Block, Classification, Document, Sentence

try:
    from spacy.attrs import IDX, NORM, ORTH, SENT_START
    from spacy.language import Language
    from spacy.tokens import Doc, Span
except ImportError as error:
    raise MissingExtraError("ST690", "the components need spaCy: pip install 'socialtext[spacy]'") from error

UNITS: Final = "advice_units"
BLOCKS: Final = "blocks"
_MODEL_FOLDER: Final = "themes"
_N_NORMS: Final = 200_000


class Labelled:
    """The whole pipeline as one component: sentences, blocks, units with labels, norms.

    Parameters
    ----------
    lang : {"auto", "ar", "fa", "id"}
    profile : str
        Profile of normalized texts and headings; see `socialtext.Normalizer`.
    model : str, optional
        Folder of a model of themes; see `socialtext.Pipeline`.
    """

    def __init__(self, lang: str, profile: str, model: str | None) -> None:
        self._model = SavedModel(model)
        self._pipeline: Pipeline | None = None  # made for the first Doc: from disk, the model is known later
        self._lang = lang
        self._profile = profile
        self._norms = {name: Norms(name) for name in (LANGUAGES if lang == "auto" else (lang,))}
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Set everything on a Doc."""
        raw = doc.text  # spaCy puts it together anew each time
        if is_blank(doc, raw):
            return doc
        if self._pipeline is None:
            self._pipeline = Pipeline(self._lang, profile=self._profile, model=self._model.folder)
        document = self._pipeline(raw)
        set_language(doc, document.lang, self._profile)
        set_sentences(doc, document.sentences)
        set_blocks(doc, document.blocks)
        set_units(doc, document.units)
        set_labels(doc, document.units)
        self._norms[document.lang].set(doc)
        return doc

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Save the model of own themes, if there is one."""
        self._model.save(Path(path))

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> "Labelled":
        """Take the saved model instead of the folder that the configuration names."""
        self._model.find(Path(path))
        self._pipeline = None
        return self


class Sentences:
    """Sentence starts and blocks alone; `Labelled` says what the parameters are."""

    def __init__(self, lang: str) -> None:
        self._segmenter = LanguageSegmenter(lang, "standard")
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Set sentence starts and ``doc.spans["blocks"]``."""
        raw = doc.text
        if not is_blank(doc, raw):
            document = self._segmenter.segment(doc, raw)
            set_sentences(doc, document.sentences)
            set_blocks(doc, document.blocks)
        return doc


class Units:
    """Advice units and blocks without labels; `Labelled` says what the parameters are."""

    def __init__(self, lang: str, profile: str) -> None:
        self._segmenter = LanguageSegmenter(lang, profile)
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Set ``doc.spans["advice_units"]``, with headings, and ``doc.spans["blocks"]``."""
        raw = doc.text
        if not is_blank(doc, raw):
            document = self._segmenter.segment(doc, raw)
            set_blocks(doc, document.blocks)
            set_units(doc, document.units)
        return doc


class Themes:
    """Labels for the spans in ``doc.spans["advice_units"]``, whoever put them there.

    Blocks in ``doc.spans["blocks"]`` give each span its heading and its list; without them it is judged among its
    neighbours alone. A span that has a label of its own keeps it.
    """

    def __init__(self, lang: str, model: str | None) -> None:
        self._lang = lang
        self._model = SavedModel(model)
        self._classifier: ThemeClassifier | None = None
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Set themes, scores and advice of the spans."""
        if UNITS not in doc.spans:
            raise OptionError(
                "ST692",
                f"doc.spans has no {UNITS!r}: add the component 'socialtext_units' before 'socialtext_themes', or set "
                "the spans yourself",
            )
        units = doc.spans[UNITS]
        if not len(units):
            return doc
        raw = doc.text
        blocks = [Block(block.start_char, block.end_char, block.label_) for block in doc.spans.get(BLOCKS, ())]
        spans = [(unit.start_char, unit.end_char) for unit in units]
        lang = find_language(doc, raw, self._lang)
        if self._classifier is None:
            self._classifier = ThemeClassifier.load(self._model.folder or "default")
        set_labels(doc, self._classifier.classify_units(raw, blocks, spans, lang=lang))
        return doc

    def to_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> None:
        """Save the model of own themes, if there is one."""
        self._model.save(Path(path))

    def from_disk(self, path: Path | str, *, exclude: Iterable[str] = ()) -> "Themes":
        """Take the saved model instead of the folder that the configuration names."""
        self._model.find(Path(path))
        self._classifier = None
        return self


class SavedModel:
    """Where the model of a component is: the folder that is configured, or the one saved with the spaCy pipeline."""

    def __init__(self, folder: str | None) -> None:
        self.folder = folder

    def save(self, path: Path) -> None:
        """Copy the model into the folder of the component; the released model needs no copy."""
        if self.folder is not None:
            copy_model(Path(self.folder), path / _MODEL_FOLDER)

    def find(self, path: Path) -> None:
        """Use the model that was saved in the folder of the component."""
        if (path / _MODEL_FOLDER).is_dir():
            self.folder = str(path / _MODEL_FOLDER)


class LanguageSegmenter:
    """Segment a Doc by the rules of its language."""

    def __init__(self, lang: str, profile: str) -> None:
        self._lang = lang
        self._profile = profile
        self._segmenters = {
            name: Segmenter(name, profile=profile) for name in (LANGUAGES if lang == "auto" else (lang,))
        }

    def segment(self, doc: Doc, raw: str) -> Document:
        """Return the structure of a Doc, and note its language on it."""
        lang = find_language(doc, raw, self._lang)
        set_language(doc, lang, self._profile)
        return self._segmenters[lang].segment(raw)


class Norms:
    """Set ``token.norm_`` to what the ``search`` profile makes of the token; each word is normalized once."""

    def __init__(self, lang: str) -> None:
        self._normalizer = Normalizer(lang, profile="search")
        self._norm_of: dict[str, str] = {}

    def set(self, doc: Doc) -> None:
        """Set the norms of all tokens; a token of which nothing is left keeps spaCy's own norm."""
        strings = doc.vocab.strings
        orths, places = np.unique(doc.to_array(ORTH), return_inverse=True)
        norms = np.array([strings.add(norm) for norm in self._find([strings[orth] for orth in orths])], dtype=np.uint64)
        doc.from_array([NORM], norms[places])  # type: ignore[arg-type]  # one attribute, one dimension

    def _find(self, words: list[str]) -> list[str]:
        unknown = [word for word in words if word not in self._norm_of]
        if len(self._norm_of) > _N_NORMS:
            self._norm_of.clear()
            unknown = words
        self._norm_of.update(zip(unknown, self._normalizer.normalize_batch(unknown), strict=True))
        return [self._norm_of[word] for word in words]


def is_blank(doc: Doc, raw: str) -> bool:
    """Whether a Doc has no words, so that there is neither structure nor a language to find; it gets empty groups."""
    if raw.strip():
        return False
    doc.spans[BLOCKS] = []
    doc.spans[UNITS] = []
    return True


def find_language(doc: Doc, raw: str, lang: str) -> str:
    """Return the language that a component is set to, or that an earlier one or the text gives."""
    if lang != "auto":
        return lang
    return doc._.lang or detect_language(raw)


def set_language(doc: Doc, lang: str, profile: str) -> None:
    """Note by which rules ``doc._.normalized`` is to be made."""
    doc._.lang = lang
    doc._.profile = profile


def set_sentences(doc: Doc, sentences: Sequence[Sentence]) -> None:
    """Set the sentence start of every token; a sentence begins with the token in which it begins."""
    if doc.has_annotation("DEP"):
        raise OptionError(
            "ST693", "the Doc is parsed and has its sentences: add the component before the parser (before='parser')"
        )
    starts = np.full(len(doc), -1, dtype=np.int64)
    offsets = doc.to_array(IDX).astype(np.int64)
    starts[0] = 1
    # Space before the first sentence is part of it.
    places = np.searchsorted(offsets, [sentence.start for sentence in sentences[1:]], side="right") - 1
    starts[places] = 1
    doc.from_array([SENT_START], starts.astype(np.uint64))  # type: ignore[arg-type]


def set_blocks(doc: Doc, blocks: Sequence[Block]) -> None:
    """Set ``doc.spans["blocks"]``; the label is the kind."""
    doc.spans[BLOCKS] = [_widen(doc, block.start, block.end, block.kind) for block in blocks]


def set_units(doc: Doc, units: Sequence[AdviceUnit]) -> None:
    """Set ``doc.spans["advice_units"]`` with their headings."""
    spans = [_widen(doc, unit.start, unit.end) for unit in units]
    for span, unit in zip(spans, units, strict=True):
        span._.heading = unit.heading
    doc.spans[UNITS] = spans


def set_labels(doc: Doc, labels: Sequence[Classification | AdviceUnit]) -> None:
    """Set themes, scores and advice of the units; the label of a span that has none becomes its main theme."""
    spans = []
    for span, label in zip(doc.spans[UNITS], labels, strict=True):
        span._.themes = label.themes
        span._.scores = dict(label.scores)
        span._.advice = label.advice
        span._.advice_score = label.advice_score
        name = span.label_ or (label.themes[0] if label.themes else "")
        spans.append(Span(doc, span.start, span.end, label=name, kb_id=span.kb_id, span_id=span.id))
    doc.spans[UNITS] = spans


def _widen(doc: Doc, start: int, end: int, label: str = "") -> Span:
    # Never None: the range holds text, and every character of a text is in a token or is the space after one.
    return cast(Span, doc.char_span(start, end, label=label, alignment_mode="expand"))


def register_extensions() -> None:
    """Make the attributes known to spaCy: called by every component, and when the module is imported."""
    extensions: list[tuple[type[Doc] | type[Span], str, dict[str, Any]]] = [
        (Doc, "lang", {"default": None}),
        (Doc, "profile", {"default": None}),
        (Doc, "alignment", {"getter": align}),
        (Doc, "normalized", {"getter": lambda doc: align(doc).text}),
        (Span, "normalized", {"getter": slice_normalized}),
        (Span, "heading", {"default": None}),
        # Docs between processes bring a tuple as a list, a DocBin a list as a tuple.
        (Span, "theme_names", {"default": ()}),
        (Span, "themes", {"getter": _get_themes, "setter": _set_themes}),
        (Span, "scores", {"default": {}}),
        (Span, "advice", {"default": False}),
        (Span, "advice_score", {"default": 0.0}),
    ]
    for kind, name, options in extensions:
        if not kind.has_extension(name):
            kind.set_extension(name, **options)


def _get_themes(span: Span) -> tuple[str, ...]:
    return tuple(span._.theme_names)


def _set_themes(span: Span, themes: Sequence[str]) -> None:
    span._.theme_names = tuple(themes)


def align(doc: Doc) -> Alignment:
    """Return the normalized text of a Doc with the raw span of each of its characters."""
    if doc._.lang is None:
        raise OptionError(
            "ST694", "the language of the Doc is not known: let a socialtext component process it, or set doc._.lang"
        )
    return _load_normalizer(doc._.lang, doc._.profile or "standard").align(doc.text)


def slice_normalized(span: Span) -> str:
    """Return the normalized text of a span."""
    aligned = align(span.doc)
    start, end = aligned.span(span.start_char, span.end_char)
    return aligned.text[start:end].strip()


@cache
def _load_normalizer(lang: str, profile: str) -> Normalizer:
    return Normalizer(lang, profile=profile)


def _choose_language(nlp: Language, lang: str | None) -> str:
    """Return the language of the configuration; without one that of the spaCy pipeline where it is ours."""
    if lang is None:
        return str(nlp.lang) if nlp.lang in LANGUAGES else "auto"
    if lang != "auto" and lang not in LANGUAGES:
        raise OptionError("ST101", f"language {lang!r} is not known: choose auto or {', '.join(LANGUAGES)}")
    return lang


_LABELS: Final = ["span._.themes", "span._.scores", "span._.advice", "span._.advice_score"]
_TEXTS: Final = ["doc._.lang", "doc._.profile", "doc._.normalized", "doc._.alignment"]


@Language.factory(
    "socialtext",
    assigns=["doc.spans", "token.is_sent_start", "token.norm", "span._.heading", *_LABELS, *_TEXTS],
    default_config={"lang": None, "profile": "standard", "model": None},
)
def make_socialtext(nlp: Language, name: str, lang: str | None, profile: str, model: str | None) -> Labelled:
    """Make the whole pipeline as one component."""
    return Labelled(_choose_language(nlp, lang), check_profile(profile), model)


@Language.factory(
    "socialtext_sentences", assigns=["doc.spans", "token.is_sent_start", *_TEXTS], default_config={"lang": None}
)
def make_sentences(nlp: Language, name: str, lang: str | None) -> Sentences:
    """Make the component that finds sentences and blocks."""
    return Sentences(_choose_language(nlp, lang))


@Language.factory(
    "socialtext_units",
    assigns=["doc.spans", "span._.heading", *_TEXTS],
    default_config={"lang": None, "profile": "standard"},
)
def make_units(nlp: Language, name: str, lang: str | None, profile: str) -> Units:
    """Make the component that finds advice units."""
    return Units(_choose_language(nlp, lang), check_profile(profile))


@Language.factory(
    "socialtext_themes", requires=["doc.spans"], assigns=_LABELS, default_config={"lang": None, "model": None}
)
def make_themes(nlp: Language, name: str, lang: str | None, model: str | None) -> Themes:
    """Make the component that labels advice units."""
    return Themes(_choose_language(nlp, lang), model)


register_extensions()
