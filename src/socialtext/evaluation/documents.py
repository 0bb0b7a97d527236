"""Score predicted documents against annotated ones.

Comes in: document records of both sides, as ``corpora/articles.jsonl`` and ``process --records documents`` have them.
Goes out: one `Scores` for each language and one for all. Every document counts: one without a prediction is scored as
if nothing had been found in it.

What is compared with what: blocks line by line; sentences by where they end; everything else on the sentences of the
gold. A gold sentence belongs to the unit, gold or predicted, that holds most of its characters, and a gold unit has
the labels of the predicted unit that holds most of it.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from socialtext.errors import InputError
from socialtext.evaluation.boundaries import Gaps, compare_boundaries
from socialtext.evaluation.labels import FloatArray, calibration_error, f1, label_f1, theme_f1, theme_matrix
from socialtext.types import THEMES

BLOCK_KINDS: Final = ("heading", "paragraph", "list_item", "boilerplate")
SUFFIXES: Final = (".json", ".jsonl")
NOTHING: Final[Mapping[str, Any]] = {"blocks": [], "sentences": [], "units": []}
Span = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """The measures over some documents; None where the documents have nothing to measure it on.

    Attributes
    ----------
    n_documents, n_units : int
        Of the gold.
    blocks : dict of str to float
        F1 of each kind of block, over lines.
    sentence_precision, sentence_recall, sentence_f1 : float or None
        Of the offsets where sentences end.
    unit_similarity, unit_p_k, unit_window_diff, unit_exact_f1 : float
        See `socialtext.evaluation.boundaries`; F1 of the units that are exactly right.
    advice_f1 : float
        Over gold units.
    themes : dict of str to float
        F1 of each theme, of none, and their mean as ``macro``, over gold units.
    advice_f1_by_character, themes_by_character
        The same end to end: each character of gold content weighs alike.
    main_theme_accuracy : float
        Share of the characters of gold content whose main theme, or none, is right.
    calibration_error : float or None
        Expected calibration error of the theme scores over gold units, where the predictions have scores.
    content_recall, noise : float
        Share of gold content that lies in predicted units; characters in predicted units that are no content,
        for each character of content.
    """

    n_documents: int
    n_units: int
    blocks: dict[str, float | None]
    sentence_precision: float | None
    sentence_recall: float | None
    sentence_f1: float | None
    unit_similarity: float | None
    unit_p_k: float | None
    unit_window_diff: float | None
    unit_exact_f1: float | None
    advice_f1: float | None
    themes: dict[str, float | None]
    advice_f1_by_character: float | None
    themes_by_character: dict[str, float | None]
    main_theme_accuracy: float | None
    calibration_error: float | None
    content_recall: float | None
    noise: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What `evaluate_documents` finds.

    Attributes
    ----------
    scores : dict of str to Scores
        By language, and ``all``.
    missing, unknown : tuple of str
        Documents without a prediction, and predictions without gold.
    """

    scores: Mapping[str, Scores]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "missing": list(self.missing),
            "unknown": list(self.unknown),
            **{lang: asdict(scores) for lang, scores in self.scores.items()},
        }


def read_documents(path: Path) -> dict[str, dict[str, Any]]:
    """Return the document records of a file, or of all ``.json`` and ``.jsonl`` files of a folder, by their id.

    The id is taken without folders and without ``.txt``, so that a page and its annotation find each other.

    Raises
    ------
    InputError
        ST301 no such file; ST302 a folder without such files; ST303 a file with another ending; ST330 a record that is
        no document record; ST331 an id that occurs twice.
    """
    if os.path.isdir(path):  # noqa: PTH112, Path raises where a folder above may not be entered
        paths = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
        if not paths:
            raise InputError("ST302", f"{path}: no .json or .jsonl file in this folder")
    elif os.path.isfile(path):  # noqa: PTH113
        if path.suffix not in SUFFIXES:
            raise InputError(
                "ST303",
                f"{path}: cannot read this ending; expected .jsonl, as process -o x.jsonl --records documents writes "
                "it, or .json",
            )
        paths = [path]
    else:
        raise InputError("ST301", f"{path}: no such file or folder")
    documents: dict[str, dict[str, Any]] = {}
    for file in paths:
        for place, record in _read_records(file):
            _check_record(record, place)
            key = _short_id(record["id"])
            if key in documents:
                raise InputError("ST331", f"{place}: a second document with the id {key!r}")
            documents[key] = record
    if not documents:
        raise InputError("ST330", f"{path}: holds no document record")
    return documents


def _read_records(file: Path) -> Iterable[tuple[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError("ST330", f"{file}: is not UTF-8 ({error.reason} at byte {error.start})") from error
    parts = [(f"{file}", text)]
    if file.suffix == ".jsonl":
        lines = enumerate(text.split("\n"), 1)
        parts = [(f"{file}, line {number}", line) for number, line in lines if line.strip()]
    for place, part in parts:
        try:
            yield place, json.loads(part)
        except json.JSONDecodeError as error:
            raise InputError("ST330", f"{place}: is not JSON: {error.msg} at character {error.pos}") from error


def _check_record(record: Any, place: str) -> None:
    hint = "expected a document record: id, lang, blocks, sentences, units (process --records documents writes them)"
    if not isinstance(record, dict):
        raise InputError("ST330", f"{place}: {hint}")
    if lacking := [name for name in ("id", "lang", "blocks", "sentences", "units") if name not in record]:
        raise InputError("ST330", f"{place}: lacks {', '.join(lacking)}; {hint}")
    for name in ("blocks", "sentences", "units"):
        for span in record[name] if isinstance(record[name], list) else [None]:
            if not (
                isinstance(span, dict)
                and all(isinstance(span.get(end), int) for end in ("start", "end"))
                and 0 <= span["start"] <= span["end"]
            ):
                raise InputError("ST330", f"{place}: {name} must be a list of objects with start and end, not {span!r}")
    for block in record["blocks"]:
        if block.get("kind") not in BLOCK_KINDS:
            raise InputError("ST330", f"{place}: block kind {block.get('kind')!r}; one of {', '.join(BLOCK_KINDS)}")
    for unit in record["units"]:
        themes = unit.get("themes")
        if not isinstance(themes, list) or not set(themes) <= set(THEMES) or not isinstance(unit.get("advice"), bool):
            raise InputError("ST330", f"{place}: a unit needs advice (true or false) and themes among {list(THEMES)}")


def _short_id(id: Any) -> str:
    return str(id).replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".txt")


def evaluate_documents(gold: Mapping[str, Mapping[str, Any]], predicted: Mapping[str, Mapping[str, Any]]) -> Evaluation:
    """Score predictions against gold, both by id as `read_documents` gives them.

    Raises
    ------
    InputError
        ST332 where no document of the gold has a prediction.
    """
    if not set(gold) & set(predicted):
        raise InputError(
            "ST332",
            f"no document of the gold was predicted: gold has {_some(gold)}, predicted are {_some(predicted)}",
        )
    counts: dict[str, _Counts] = {}
    for key, document in gold.items():
        for lang in (document["lang"], "all"):
            counts.setdefault(lang, _Counts()).add(document, predicted.get(key, NOTHING))
    order = sorted(counts, key=lambda lang: (lang == "all", lang))
    return Evaluation(
        {lang: counts[lang].scores() for lang in order},
        tuple(key for key in gold if key not in predicted),
        tuple(key for key in predicted if key not in gold),
    )


def _some(keys: Iterable[str]) -> str:
    keys = list(keys)
    return ", ".join(keys[:3]) + (" …" if len(keys) > 3 else "")


@dataclass(slots=True)
class _Counts:
    """What is counted over documents until the figures are wanted."""

    n_documents: int = 0
    lines: list[tuple[str, str]] = field(default_factory=list)
    sentence_ends: list[int] = field(default_factory=lambda: [0, 0, 0])  # both, gold, predicted
    stretches: list[tuple[Gaps, Gaps]] = field(default_factory=list)
    exact: list[int] = field(default_factory=lambda: [0, 0, 0])  # both, gold, predicted
    units: list[tuple[Span, Span]] = field(default_factory=list)
    characters: list[tuple[int, Span, Span]] = field(default_factory=list)
    n_content: int = 0
    n_found: int = 0
    n_noise: int = 0

    def add(self, gold: Mapping[str, Any], predicted: Mapping[str, Any]) -> None:
        """Count one document."""
        self.n_documents += 1
        for start, end in _line_spans(gold):
            block = _find_cover(gold["blocks"], start, end)
            if block is not None:
                other = _find_cover(predicted["blocks"], start, end)
                kind = "" if other is None else predicted["blocks"][other]["kind"]
                self.lines.append((gold["blocks"][block]["kind"], kind))
        # Where annotators found both ways right, neither counts.
        optional = {sentence["end"] for sentence in gold["sentences"] if sentence.get("optional_end")}
        true_ends = {sentence["end"] for sentence in gold["sentences"]} - optional
        found_ends = {sentence["end"] for sentence in predicted["sentences"]} - optional
        self._add_to(self.sentence_ends, true_ends, found_ends)
        true = [_find_cover(gold["units"], s["start"], s["end"]) for s in gold["sentences"]]
        found = [_find_cover(predicted["units"], s["start"], s["end"]) for s in gold["sentences"]]
        self._add_units(true, found)
        for unit in gold["units"]:
            at = _find_cover(predicted["units"], unit["start"], unit["end"])
            self.units.append((unit, _NO_UNIT if at is None else predicted["units"][at]))
        for sentence, of_gold, of_found in zip(gold["sentences"], true, found, strict=True):
            size = sentence["end"] - sentence["start"]
            if of_gold is not None:
                unit = _NO_UNIT if of_found is None else predicted["units"][of_found]
                self.characters.append((size, gold["units"][of_gold], unit))
                self.n_content += size
                self.n_found += size * (of_found is not None)
            else:
                self.n_noise += size * (of_found is not None)

    def _add_units(self, true: Sequence[int | None], found: Sequence[int | None]) -> None:
        stretch: list[int] = []
        for at, unit in enumerate([*true, None]):
            if unit is not None:
                stretch.append(at)
                continue
            neighbours = list(pairwise(stretch))
            if neighbours:
                gold_gaps = [true[left] != true[right] for left, right in neighbours]
                gaps = [found[left] is None or found[left] != found[right] for left, right in neighbours]
                self.stretches.append((gold_gaps, gaps))
            stretch = []
        self._add_to(self.exact, _groups(true), _groups(found))

    @staticmethod
    def _add_to(counts: list[int], gold: set[Any], predicted: set[Any]) -> None:
        for at, number in enumerate((len(gold & predicted), len(gold), len(predicted))):
            counts[at] += number

    def scores(self) -> Scores:
        """Return the figures."""
        borders = compare_boundaries(self.stretches)
        sizes = np.array([size for size, _, _ in self.characters], dtype=float)
        by_unit = _LabelPairs(self.units)
        by_character = _LabelPairs([(gold, predicted) for _, gold, predicted in self.characters])
        n_both, n_gold, n_predicted = self.sentence_ends
        right = np.array([gold["themes"][:1] == found["themes"][:1] for _, gold, found in self.characters], dtype=bool)
        scored = [(gold, found) for gold, found in self.units if found.get("scores")]
        return Scores(
            n_documents=self.n_documents,
            n_units=len(self.units),
            blocks={
                kind: f1(
                    sum(gold == found == kind for gold, found in self.lines),
                    sum(gold == kind for gold, _ in self.lines),
                    sum(found == kind for _, found in self.lines),
                )
                for kind in BLOCK_KINDS
            },
            sentence_precision=n_both / n_predicted if n_predicted else None,
            sentence_recall=n_both / n_gold if n_gold else None,
            sentence_f1=f1(n_both, n_gold, n_predicted),
            unit_similarity=borders.similarity,
            unit_p_k=borders.p_k,
            unit_window_diff=borders.window_diff,
            unit_exact_f1=f1(*self.exact),
            advice_f1=by_unit.advice_f1(None),
            themes=theme_f1(by_unit.gold, by_unit.predicted),
            advice_f1_by_character=by_character.advice_f1(sizes),
            themes_by_character=theme_f1(by_character.gold, by_character.predicted, sizes),
            main_theme_accuracy=float(sizes[right].sum()) / self.n_content if self.n_content else None,
            calibration_error=_mean_calibration_error(scored) if scored else None,
            content_recall=self.n_found / self.n_content if self.n_content else None,
            noise=self.n_noise / self.n_content if self.n_content else None,
        )


class _LabelPairs:
    """Labels of gold and predicted units as arrays."""

    def __init__(self, pairs: Sequence[tuple[Span, Span]]) -> None:
        self.gold = theme_matrix([gold["themes"] for gold, _ in pairs])
        self.predicted = theme_matrix([found["themes"] for _, found in pairs])
        self._advice = np.array([[gold["advice"], found["advice"]] for gold, found in pairs], dtype=bool).reshape(-1, 2)

    def advice_f1(self, weights: FloatArray | None) -> float | None:
        return label_f1(self._advice[:, 0], self._advice[:, 1], weights)


_NO_UNIT: Final[Span] = {"themes": [], "advice": False}


def _line_spans(gold: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the lines that hold something; the blocks themselves where the record has no text."""
    text = gold.get("text")
    if not isinstance(text, str):
        return [(block["start"], block["end"]) for block in gold["blocks"]]
    spans, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _find_cover(spans: Sequence[Span], start: int, end: int) -> int | None:
    """Return the index of the span that holds most of the range, the first of equals."""
    best, found = 0, None
    for at, span in enumerate(spans):
        overlap = min(span["end"], end) - max(span["start"], start)
        if overlap > best:
            best, found = overlap, at
    return found


def _groups(units: Sequence[int | None]) -> set[tuple[int, ...]]:
    """Return the sentences of each unit."""
    groups: dict[int, list[int]] = {}
    for at, unit in enumerate(units):
        if unit is not None:
            groups.setdefault(unit, []).append(at)
    return {tuple(group) for group in groups.values()}


def _mean_calibration_error(pairs: Sequence[tuple[Span, Span]]) -> float:
    gold = theme_matrix([unit["themes"] for unit, _ in pairs])
    scores = np.array([[float(found["scores"].get(theme, 0.0)) for theme in THEMES] for _, found in pairs])
    return sum(calibration_error(gold[:, at], scores[:, at]) for at in range(len(THEMES))) / len(THEMES)
