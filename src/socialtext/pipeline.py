"""One document through all stages: normalize, segment, classify. The only core file that knows them all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from numbers import Real
from pathlib import Path
from typing import Final

from socialtext._values import Maker
from socialtext.batches import BATCH_SIZE, iter_batches
from socialtext.classify.features import SENTENCE_END_RE
from socialtext.classify.own_themes import OwnThemeScorer
from socialtext.classify.themes import Passage, ThemeScorer
from socialtext.errors import InputError, MissingExtraError, ModelError, OptionError, SocialtextError
from socialtext.language import detect_language, load_identifier
from socialtext.models import FORMAT, LinearModel, digest_model, load_model, read_info, read_model
from socialtext.normalize.normalizer import Normalizer, align_fold, load_fold, load_fold_of_restored
from socialtext.segment.structure import Structure, StructureFinder, load_segment_models
from socialtext.types import LANGUAGES, THEMES, AdviceUnit, Alignment, Block, Classification, Document, Reason

OWN_THEMES = "own-themes"  # name of a model of a user's own themes, in its model.json


class Segmenter:
    """Find blocks, sentences and advice units of texts in one language.

    Parameters
    ----------
    lang : {"ar", "fa", "id"}
    profile : str
        Profile of the normalized text of units and headings; see `Normalizer`.
    granularity : float
        Size of the units, from 0 (borders only where a rule draws them: at headings, boilerplate and list items) to 1
        (each sentence by itself). A border is drawn where its probability is at least 1 - `granularity`.

    Raises
    ------
    OptionError
        ST101 an unknown language, ST102 an unknown profile, ST130 a granularity that is not within [0, 1].

    Examples
    --------
    >>> raw = "Balas setiap komentar hari ini. Pembeli yang dijawab akan kembali."
    >>> [len(Segmenter("id", granularity=g).segment(raw).units) for g in (0.0, 1.0)]
    [1, 2]
    """

    def __init__(self, lang: str, *, profile: str = "standard", granularity: float = 0.5) -> None:
        self._normalizer = Normalizer(lang, profile=profile)
        self._granularity = check_granularity(granularity)

    @property
    def lang(self) -> str:
        """Language of the texts."""
        return self._normalizer.lang

    @property
    def granularity(self) -> float:
        """Size of the units, from 0 (large) to 1 (small)."""
        return self._granularity

    def __repr__(self) -> str:
        return f"Segmenter({self.lang!r}, profile={self._normalizer.profile!r}, granularity={self.granularity})"

    def segment(self, raw: str, *, id: str | None = None, marked_up: Sequence[Block] = ()) -> Document:
        """Return the document without labels; offsets are code points of `raw`.

        The ``border_score`` of each sentence tells how likely a unit begins with it. `marked_up` are blocks whose kind
        is known, in order; see `Pipeline.__call__`.
        """
        aligned = self._normalizer.align(raw)
        structure = _find_structure(raw, self._normalizer, aligned, self._granularity, marked_up)
        return _build_document(id, self.lang, raw, structure, aligned, None)


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A model of themes that is not the released one: where it is, and which it is.

    A pipeline carries this and no weights, so that it stays small when it is pickled.
    """

    folder: str
    digest: str
    themes: tuple[str, ...]


class ThemeClassifier:
    """Label passages with themes and advice. Made by `load`.

    Examples
    --------
    >>> classifier = ThemeClassifier.load("default")
    >>> classifier.classify(["Balas setiap komentar pelanggan Anda di hari yang sama."], lang="id")[0].themes[0]
    'engagement'
    """

    def __init__(self, name: str, chosen: ChosenModel | None = None) -> None:
        self.name = name
        self._chosen = chosen

    @classmethod
    def load(cls, name: str | Path = "default") -> "ThemeClassifier":
        """Return the released classifier, which is ``default``, or the one of a model folder.

        Raises
        ------
        OptionError
            ST105 neither ``default`` nor a folder.
        ModelError
            ST501 no model in the folder, ST502 another format, ST590 a model of something else.
        """
        if name == "default":
            return cls("default")
        if not Path(name).is_dir():
            raise OptionError(
                "ST105", f"classifier {str(name)!r} is not known: choose 'default' or the folder of a model"
            )
        return cls(str(name), choose_model(name))

    @property
    def themes(self) -> tuple[str, ...]:
        """Names of the themes, in the order of the scores."""
        return THEMES if self._chosen is None else self._chosen.themes

    def __repr__(self) -> str:
        return f"ThemeClassifier({self.name!r}, themes={', '.join(self.themes)})"

    def classify(self, texts: Iterable[str], *, lang: str) -> list[Classification]:
        """Return the labels of each passage, judged by itself.

        Raises
        ------
        OptionError
            ST101 an unknown language.
        """
        if isinstance(texts, str):
            raise TypeError("classify takes a list of texts, not one text: write classify([text], …)")
        texts = list(texts)
        labels = _load_scorer(_known(lang), self._chosen).score_texts(texts)
        return [
            replace(label, _find_reasons=partial(_explain, lang, self._chosen, text))
            for label, text in zip(labels, texts, strict=True)
        ]

    def classify_units(
        self, raw: str, blocks: Sequence[Block], spans: Sequence[tuple[int, int]], *, lang: str
    ) -> list[Classification]:
        """Return the labels of the units of one document, each judged in its context.

        Parameters
        ----------
        raw : str
        blocks : sequence of Block
            In order; they give a unit its heading and its list.
        spans : sequence of (int, int)
            Raw spans of the units, in order.
        lang : {"ar", "fa", "id"}

        Raises
        ------
        OptionError
            ST101 an unknown language.
        """
        return _load_scorer(_known(lang), self._chosen).score_document(build_passages(raw, blocks, spans))


@dataclass(slots=True, eq=False)
class Task:
    """A document on its way through a pipeline: what is given, then what each stage adds.

    Attributes
    ----------
    raw, id, lang, marked_up
        See `Pipeline.__call__`; the language that is found is that of the normalizer.
    fault : Exception or None
        What ended it; no stage takes it any further.
    """

    raw: str
    id: str | None = None
    lang: str | None = None
    marked_up: Sequence[Block] = ()
    fault: Exception | None = None
    normalizer: Normalizer = field(init=False, repr=False)
    aligned: Alignment = field(init=False, repr=False)
    structure: Structure = field(init=False, repr=False)
    labels: list[Classification] = field(init=False, repr=False)
    document: Document = field(init=False, repr=False)

    def result(self) -> Document:
        """Return the document, or raise what ended it."""
        if self.fault is not None:
            raise self.fault
        return self.document


class Pipeline:
    """Take raw documents apart into advice units with themes.

    Parameters
    ----------
    lang : {"auto", "ar", "fa", "id"}
        ``auto`` finds the language of each document.
    profile : str
        Profile of the normalized text; see `Normalizer`.
    granularity : float
        Size of the units; see `Segmenter`.
    model : str or Path, optional
        Folder of a model of themes: one of your own that `socialtext.adapters.sklearn.ThemeClassifier` has saved
        (advice is then judged by the released model), or what ``socialtext train themes`` wrote.

    Raises
    ------
    OptionError
        ST101 an unknown language, ST102 an unknown profile, ST130 a granularity that is no number within [0, 1].
    ModelError
        ST501 no model in the folder, ST502 another format, ST590 a model of something else.

    Examples
    --------
    >>> nlp = Pipeline("id")
    >>> nlp("Kesalahan terbesar toko adalah membuka akun di semua platform.").units[0].themes
    ('channel_choice',)
    """

    def __init__(
        self,
        lang: str = "auto",
        *,
        profile: str = "standard",
        granularity: float = 0.5,
        model: str | Path | None = None,
    ) -> None:
        if lang != "auto" and lang not in LANGUAGES:
            raise OptionError("ST101", f"language {lang!r} is not known: choose auto or {', '.join(LANGUAGES)}")
        self._lang = lang
        self._profile = profile
        self._granularity = check_granularity(granularity)
        self._normalizers = {
            name: Normalizer(name, profile=profile) for name in (LANGUAGES if lang == "auto" else (lang,))
        }
        self._chosen = None if model is None else choose_model(model)

    @property
    def lang(self) -> str:
        """Language of the documents, or ``auto``."""
        return self._lang

    @property
    def profile(self) -> str:
        """Profile of the normalized text."""
        return self._profile

    @property
    def granularity(self) -> float:
        """Size of the units, from 0 (large) to 1 (small)."""
        return self._granularity

    @property
    def themes(self) -> tuple[str, ...]:
        """Names of the themes, in the order of the scores."""
        return THEMES if self._chosen is None else self._chosen.themes

    def __repr__(self) -> str:
        model = "" if self._chosen is None else f", model={self._chosen.folder!r}"
        return f"Pipeline({self.lang!r}, profile={self.profile!r}, granularity={self.granularity}{model})"

    def __call__(
        self, raw: str, *, id: str | None = None, lang: str | None = None, marked_up: Sequence[Block] = ()
    ) -> Document:
        """Return the document with labelled units.

        Parameters
        ----------
        raw : str
        id : str, optional
        lang : {"ar", "fa", "id"}, optional
            Language of this document, where it is known.
        marked_up : sequence of Block
            Blocks whose kind is known, in order, such as the headings and list items of a page that was HTML. They keep
            it, unless they are boilerplate by strong signs; the other blocks are found.

        Raises
        ------
        InputError
            ST320 the text is in none of the three languages; the message names the language found.
        OptionError
            ST101 `lang` is none of the pipeline's languages.
        """
        task = Task(raw, id, lang, marked_up)
        for stage in self._stages():
            stage(task)
        return task.document

    def pipe(self, raws: Iterable[str], *, batch_size: int = BATCH_SIZE) -> Iterator[Document]:
        """Yield the document of each raw text, in order.

        As many texts as `batch_size` are read before the first document comes, fewer where they are long: together
        they take a fifth less time than one by one. Give 1 where texts come slowly, from a queue or a socket. A text
        in another language raises `InputError` at its turn; catch it by calling the pipeline for each text.

        Parameters
        ----------
        raws : iterable of str
        batch_size : int
            At least 1.

        Raises
        ------
        OptionError
            ST131 `batch_size` is no such number.
        """
        if isinstance(raws, str):
            raise TypeError("pipe takes many texts; for one text call the pipeline: nlp(text)")
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size < 1:
            raise OptionError("ST131", f"batch_size={batch_size!r} is no whole number from 1 on")
        return self._pipe(raws, batch_size)

    def _pipe(self, raws: Iterable[str], batch_size: int) -> Iterator[Document]:
        for texts in iter_batches(raws, lambda raw: len(raw) if isinstance(raw, str) else 0, batch_size):
            tasks = [Task(raw) for raw in texts]
            run_stages(self, tasks)
            for task in tasks:
                yield task.result()

    def _stages(self) -> tuple[Callable[[Task], None], ...]:
        return self._add_normalizer, self._add_alignment, self._add_structure, self._add_labels, self._add_document

    def _add_normalizer(self, task: Task) -> None:
        lang, raw = task.lang, task.raw
        if not isinstance(raw, str):
            raise TypeError(f"a document is a str, not {type(raw).__name__}; for many call pipe")
        if lang is not None and lang not in self._normalizers:
            raise OptionError("ST101", f"language {lang!r}: this pipeline knows {', '.join(self._normalizers)}")
        task.normalizer = self._normalizers[lang or (detect_language(raw) if self._lang == "auto" else self._lang)]

    def _add_alignment(self, task: Task) -> None:
        task.aligned = task.normalizer.align(task.raw)

    def _add_structure(self, task: Task) -> None:
        task.structure = _find_structure(task.raw, task.normalizer, task.aligned, self._granularity, task.marked_up)

    def _add_labels(self, task: Task) -> None:
        spans = [(unit.start, unit.end) for unit in task.structure.units]
        passages = build_passages(task.raw, task.structure.blocks, spans)
        task.labels = _load_scorer(task.normalizer.lang, self._chosen).score_document(passages)

    def _add_document(self, task: Task) -> None:
        task.document = _build_document(
            task.id, task.normalizer.lang, task.raw, task.structure, task.aligned, task.labels
        )


def run_stages(nlp: Pipeline, tasks: Sequence[Task]) -> None:
    """Take documents through the stages of a pipeline, each stage with all of them before the next.

    So the tables of a stage stay in the caches of the processor; those of one language as well, since documents of
    one language go together once it is known. A document that fails is left where it did; a model that cannot be read
    ends all.
    """
    first, *others = nlp._stages()
    going = [task for task in tasks if task.fault is None]
    _run_stage(first, going)
    going.sort(key=_lang_of)
    for stage in others:
        _run_stage(stage, going)


def _run_stage(stage: Callable[[Task], None], going: list[Task]) -> None:
    """Run one stage with all tasks, and drop those that fail."""
    for task in going:
        try:
            stage(task)
        except InputError as fault:
            task.fault = fault.with_traceback(None)  # where it was found tells nobody anything, and holds all tasks
        except SocialtextError:
            raise
        except Exception as fault:  # is raised at its turn
            task.fault = fault
    going[:] = [task for task in going if task.fault is None]


def _lang_of(task: Task) -> str:
    return task.normalizer.lang


def check_granularity(granularity: float) -> float:
    """Return a granularity that lies within [0, 1], or raise `OptionError` ST130."""
    if not isinstance(granularity, Real) or isinstance(granularity, bool) or not 0.0 <= granularity <= 1.0:
        raise OptionError("ST130", f"granularity={granularity!r} is not within [0, 1]; 0.5 is the default")
    return float(granularity)


def load_models() -> None:
    """Load what the first documents of a pipeline for all languages would load."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        identifier = pool.submit(load_identifier)  # to unpack it takes half of the time, and no lock of the interpreter
        for lang in LANGUAGES:
            Normalizer(lang)
            _load_finder(lang)
            _load_scorer(lang, None)  # as a pipeline asks for it
        load_segment_models()
        identifier.result()


def _find_structure(
    raw: str, normalizer: Normalizer, aligned: Alignment, granularity: float, marked_up: Sequence[Block]
) -> Structure:
    """Return the structure of a text, of which words are looked up in what is normalized already where that will do."""
    restored = aligned if normalizer.lang == "fa" and normalizer.profile == "standard" else None
    finder = _load_finder(normalizer.lang)
    return finder.find(raw, granularity=granularity, restored=restored, marked_up=marked_up)


@cache
def _load_finder(lang: str) -> StructureFinder:
    return StructureFinder(lang, load_fold(lang), load_fold_of_restored(lang))


@cache
def _load_scorer(lang: str, chosen: ChosenModel | None = None) -> ThemeScorer | OwnThemeScorer:
    if chosen is None:
        return ThemeScorer(lang, load_fold(lang), load_model("themes"))
    model = _read_chosen(chosen)
    if model.info["name"] == OWN_THEMES:
        released = ThemeScorer(lang, load_fold(lang), load_model("themes"))
        return OwnThemeScorer(lang, load_token_fold(lang, model.info["tokens"]), model, released)
    return ThemeScorer(lang, load_fold(lang), model)


@cache
def _read_chosen(chosen: ChosenModel) -> LinearModel:
    model = read_model(Path(chosen.folder))
    if digest_model(Path(chosen.folder)) != chosen.digest:
        raise ModelError("ST591", f"{chosen.folder}: the model was replaced since it was chosen: choose it again")
    return model


@cache
def load_token_fold(lang: str, tokens: str) -> Callable[[str], str]:
    """Return what `load_fold` gives, after Persian words are cut by another tokenizer.

    Parameters
    ----------
    lang : {"ar", "fa", "id"}
    tokens : {"words", "hazm"}
        ``hazm``: the tokens of ``hazm.WordTokenizer``, which makes one of the parts of a verb («خواهم_رفت»).

    Raises
    ------
    MissingExtraError
        ST695 hazm is not installed.
    """
    fold = load_fold(lang)
    if tokens == "words" or lang != "fa":
        return fold
    try:
        from hazm import WordTokenizer
    except ImportError as error:
        raise MissingExtraError(
            "ST695", "tokens='hazm' needs hazm: pip install 'socialtext[hazm]' (Python 3.12 or newer)"
        ) from error
    tokenizer = WordTokenizer()
    restore = Normalizer("fa")
    return lambda raw: fold(" ".join(tokenizer.tokenize(restore.normalize(raw))))


def choose_model(folder: str | Path) -> ChosenModel:
    """Return which model of themes lies in a folder.

    Raises
    ------
    ModelError
        ST501 no model, ST502 another format, ST590 a model of something else than themes.
    """
    path = Path(folder).absolute()
    info = read_info(path, FORMAT)
    if info.get("name") not in ("themes", OWN_THEMES):
        raise ModelError(
            "ST590",
            f"{folder}: a model of {info.get('name')!r}, not of themes: train one with 'socialtext train themes', or "
            "fit one of your own themes with socialtext.adapters.sklearn.ThemeClassifier",
        )
    return ChosenModel(str(path), digest_model(path), tuple(name for name in info["classes"] if name != "advice"))


def _known(lang: str) -> str:
    if lang not in LANGUAGES:
        raise OptionError("ST101", f"language {lang!r} is not known: choose one of {', '.join(LANGUAGES)}")
    return lang


def _explain(lang: str, chosen: ChosenModel | None, raw: str) -> Mapping[str, tuple[Reason, ...]]:
    """Return why a passage has its labels, in its words as they were written."""
    aligned = align_fold(lang, raw)

    def written(start: int, end: int) -> str:
        raw_start, raw_end = aligned.raw_span(start, end)
        return raw[raw_start:raw_end]

    return _load_scorer(lang, chosen).explain(aligned.text, written)


def build_passages(raw: str, blocks: Sequence[Block], spans: Sequence[tuple[int, int]]) -> list[Passage]:
    """Return the units of one document as the classifier wants them: with what stands above them, section and list.

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
    introduction: str | None = None  # of the list that may follow or goes on
    section = run = 0
    previous_in_run = False
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
        before_list = not is_item and following is not None and following[4] and following[3] == section
        ends_in_colon = not is_item and text.rstrip("\"'» ").endswith(":")
        # Items are not always recognized as such: one sentence that ends in a colon introduces what follows it.
        introduces = ends_in_colon and (before_list or not SENTENCE_END_RE.search(text.rstrip()))
        in_run = is_item or (introduces and before_list)
        if in_run and not (is_item and previous_in_run):
            run += 1
        if not is_item:
            introduction = text if in_run else None
        above = "\n".join(filter(None, (heading, introduction if is_item else None)))
        passages.append(Passage(text, above, section, run if in_run else -1, introduces))
        previous_in_run = in_run
    return passages


_units: Final = Maker(AdviceUnit)
_UNLABELLED: Final = Classification(themes=(), scores={}, advice=False, advice_score=0.0)


def _build_document(
    id: str | None,
    lang: str,
    raw: str,
    structure: Structure,
    aligned: Alignment,
    labels: Sequence[Classification] | None,
) -> Document:
    units, blocks = structure.units, structure.blocks
    n = len(units)
    if labels is None:
        labels = [_UNLABELLED] * n
    above = sorted({unit.heading for unit in units if unit.heading is not None})
    texts = aligned.cut(
        [(unit.start, unit.end) for unit in units] + [(blocks[at].start, blocks[at].end) for at in above]
    )
    headings: dict[int | None, str | None] = {None: None, **dict(zip(above, texts[n:], strict=True))}
    made = _units.from_columns(
        [unit.start for unit in units],
        [unit.end for unit in units],
        [headings[unit.heading] for unit in units],
        texts[:n],
        [label.advice for label in labels],
        [label.advice_score for label in labels],
        [label.themes for label in labels],
        [label.scores for label in labels],
    )
    return Document(id, lang, raw, aligned.text, blocks, structure.sentences, tuple(made))
