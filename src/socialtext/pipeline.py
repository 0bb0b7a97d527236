"""One document through all stages: normalize, segment, classify. The only core file that knows them all."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from socialtext.classify.themes import Passage, ThemeScorer
from socialtext.errors import OptionError
from socialtext.language import detect_language
from socialtext.models import load_model
from socialtext.normalize.normalizer import Normalizer, load_fold
from socialtext.segment.structure import Structure, StructureFinder
from socialtext.types import LANGUAGES, AdviceUnit, Alignment, Block, Classification, Document


class Segmenter:
    """Find blocks, sentences and advice units of texts in one language.

    Parameters
    ----------
    lang : {"ar", "fa", "id"}
    profile : str
        Profile of the normalized text of units and headings; see `Normalizer`.

    Raises
    ------
    OptionError
        ST101 an unknown language, ST102 an unknown profile.
    """

    def __init__(self, lang: str, *, profile: str = "standard") -> None:
        self._normalizer = Normalizer(lang, profile=profile)

    @property
    def lang(self) -> str:
        """Language of the texts."""
        return self._normalizer.lang

    def segment(self, raw: str, *, id: str | None = None) -> Document:
        """Return the document without labels; offsets are code points of `raw`."""
        structure = _load_finder(self.lang).find(raw)
        aligned = self._normalizer.align(raw)
        return _build_document(id, self.lang, raw, structure, aligned, None)


class ThemeClassifier:
    """Label passages with themes and advice. Made by `load`.

    Examples
    --------
    >>> classifier = ThemeClassifier.load("default")
    >>> classifier.classify(["Balas setiap komentar pelanggan Anda di hari yang sama."], lang="id")[0].themes[0]
    'engagement'
    """

    def __init__(self, name: str) -> None:
        self.name = name

    @classmethod
    def load(cls, name: str = "default") -> "ThemeClassifier":
        """Return the classifier released under a name; ``default`` is the only one.

        Raises
        ------
        OptionError
            ST105 an unknown name.
        """
        if name != "default":
            raise OptionError("ST105", f"classifier {name!r} is not known: choose 'default'")
        return cls(name)

    def classify(self, texts: Sequence[str], *, lang: str) -> list[Classification]:
        """Return the labels of each passage, judged by itself.

        Raises
        ------
        OptionError
            ST101 an unknown language.
        """
        if lang not in LANGUAGES:
            raise OptionError("ST101", f"language {lang!r} is not known: choose one of {', '.join(LANGUAGES)}")
        if isinstance(texts, str):
            raise TypeError("classify takes a list of texts, not one text")
        return _load_scorer(lang).score_texts(texts)


class Pipeline:
    """Take raw documents apart into advice units with themes.

    Parameters
    ----------
    lang : {"auto", "ar", "fa", "id"}
        ``auto`` finds the language of each document.
    profile : str
        Profile of the normalized text; see `Normalizer`.

    Raises
    ------
    OptionError
        ST101 an unknown language, ST102 an unknown profile.

    Examples
    --------
    >>> nlp = Pipeline("id")
    >>> nlp("Kesalahan terbesar toko adalah membuka akun di semua platform.").units[0].themes
    ('channel_choice',)
    """

    def __init__(self, lang: str = "auto", *, profile: str = "standard") -> None:
        if lang != "auto" and lang not in LANGUAGES:
            raise OptionError("ST101", f"language {lang!r} is not known: choose auto or {', '.join(LANGUAGES)}")
        self._lang = lang
        self._profile = profile
        self._normalizers = {
            name: Normalizer(name, profile=profile) for name in (LANGUAGES if lang == "auto" else (lang,))
        }

    @property
    def lang(self) -> str:
        """Language of the documents, or ``auto``."""
        return self._lang

    @property
    def profile(self) -> str:
        """Profile of the normalized text."""
        return self._profile

    def __call__(self, raw: str, *, id: str | None = None, lang: str | None = None) -> Document:
        """Return the document with labelled units.

        Parameters
        ----------
        raw : str
        id : str, optional
        lang : {"ar", "fa", "id"}, optional
            Language of this document, where it is known.

        Raises
        ------
        InputError
            ST320 the text is in none of the three languages; the message names the language found.
        OptionError
            ST101 `lang` is none of the pipeline's languages.
        """
        if not isinstance(raw, str):
            raise TypeError(f"a document is a str, not {type(raw).__name__}")
        if lang is not None and lang not in self._normalizers:
            raise OptionError("ST101", f"language {lang!r}: this pipeline knows {', '.join(self._normalizers)}")
        found = lang or (detect_language(raw) if self._lang == "auto" else self._lang)
        structure = _load_finder(found).find(raw)
        aligned = self._normalizers[found].align(raw)
        passages = build_passages(raw, structure.blocks, [(unit.start, unit.end) for unit in structure.units])
        labels = _load_scorer(found).score_document(passages)
        return _build_document(id, found, raw, structure, aligned, labels)

    def pipe(self, raws: Iterable[str]) -> Iterator[Document]:
        """Yield the document of each raw text, in order.

        A text in another language raises `InputError` at its turn; catch it by calling the pipeline for each text.
        """
        if isinstance(raws, str):
            raise TypeError("pipe takes many texts; for one text call the pipeline")
        for raw in raws:
            yield self(raw)


@cache
def _load_finder(lang: str) -> StructureFinder:
    return StructureFinder(lang, load_fold(lang))


@cache
def _load_scorer(lang: str) -> ThemeScorer:
    return ThemeScorer(lang, load_fold(lang), load_model("themes"))


def build_passages(raw: str, blocks: Sequence[Block], spans: Sequence[tuple[int, int]]) -> list[Passage]:
    """Return the units of one document as the classifier wants them: with heading, section and list.

    Parameters
    ----------
    raw : str
    blocks : sequence of Block
    spans : sequence of (int, int)
        Raw spans of the units, in order.
    """
    passages: list[Passage] = []
    at = 0
    heading: str | None = None
    section = run = 0
    previous_is_item = False
    places = []
    for start, end in spans:
        while at < len(blocks) and blocks[at].start <= start:
            if blocks[at].kind == "heading":
                heading = raw[blocks[at].start : blocks[at].end]
                section += 1
            at += 1
        is_item = at > 0 and blocks[at - 1].kind == "list_item"
        places.append((start, end, heading, section, is_item))
    for number, (start, end, heading, section, is_item) in enumerate(places):
        text = raw[start:end]
        following = places[number + 1] if number + 1 < len(places) else None
        introduces = (
            not is_item
            and following is not None
            and following[4]
            and following[3] == section
            and text.rstrip("\"'» ").endswith(":")
        )
        if introduces or (is_item and not previous_is_item and not (passages and passages[-1].introduces_list)):
            run += 1
        passages.append(Passage(text, heading, section, run if is_item or introduces else -1, introduces))
        previous_is_item = is_item
    return passages


def _build_document(
    id: str | None,
    lang: str,
    raw: str,
    structure: Structure,
    aligned: Alignment,
    labels: Sequence[Classification] | None,
) -> Document:
    units = []
    for number, unit in enumerate(structure.units):
        heading = None
        if unit.heading is not None:
            block = structure.blocks[unit.heading]
            heading = _slice(aligned, block.start, block.end)
        text = _slice(aligned, unit.start, unit.end)
        if labels is None:
            units.append(AdviceUnit(unit.start, unit.end, heading, text))
        else:
            label = labels[number]
            units.append(
                AdviceUnit(
                    unit.start,
                    unit.end,
                    heading,
                    text,
                    label.advice,
                    label.advice_score,
                    label.themes,
                    label.scores,
                )
            )
    return Document(id, lang, raw, aligned.text, structure.blocks, structure.sentences, tuple(units))


def _slice(aligned: Alignment, start: int, end: int) -> str:
    begin, stop = aligned.span(start, end)
    return aligned.text[begin:stop].strip()
