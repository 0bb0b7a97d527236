"""Train the border scorer of advice units on annotated articles."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from socialtext.normalize.normalizer import load_fold
from socialtext.segment.structure import StructureFinder
from socialtext.segment.units import SentenceView, border_features, find_units, fixed_border
from socialtext.training.linear import FittedLinear
from socialtext.types import LANGUAGES, Block, Sentence

N_FOLDS = 5


def read_views(record: Mapping[str, Any], finder: StructureFinder) -> tuple[list[SentenceView], list[int]]:
    """Return the content sentences of an annotated article and the index of its unit for each."""
    blocks = [Block(block["start"], block["end"], block["kind"]) for block in record["blocks"]]
    content, units = [], []
    for row in record["sentences"]:
        at = next(at for at, block in enumerate(blocks) if block.start <= row["start"] < block.end)
        unit = [number for number, u in enumerate(record["units"]) if u["start"] <= row["start"] < u["end"]]
        if unit:
            content.append((Sentence(row["start"], row["end"]), at))
            units.append(unit[0])
    return finder.view_sentences(record["text"], blocks, content), units


def build_examples(
    records: Iterable[Mapping[str, Any]],
) -> tuple[list[dict[str, float]], list[bool]]:
    """Return features, and border or not, of every pair of sentences that no rule decides."""
    bags, borders = [], []
    finders: dict[str, StructureFinder] = {}
    for record in records:
        lang = record["lang"]
        if lang not in finders:
            finders[lang] = StructureFinder(lang, load_fold(lang))
        views, units = read_views(record, finders[lang])
        unit_start = 0
        for at in range(1, len(views)):
            border = units[at] != units[at - 1]
            following = views[at + 1] if at + 1 < len(views) else None
            if fixed_border(views[at - 1], views[at], following) is None:
                bags.append(border_features(views, at, unit_start))
                borders.append(border)
            if border:
                unit_start = at
    return bags, borders


def cross_validate(
    records: Sequence[Mapping[str, Any]], fit: Callable[[list[dict[str, float]], list[bool]], FittedLinear]
) -> dict[str, float]:
    """Return F1 of the borders and of the exact units in articles left out, blocks and sentences given."""
    n_right = n_true = n_found = n_exact = n_units = n_found_units = 0
    finders = {lang: StructureFinder(lang, load_fold(lang)) for lang in LANGUAGES}
    for fold in range(N_FOLDS):
        model = fit(*build_examples(record for at, record in enumerate(records) if at % N_FOLDS != fold))
        for record in records[fold::N_FOLDS]:
            views, units = read_views(record, finders[record["lang"]])
            true = {at for at in range(1, len(units)) if units[at] != units[at - 1]}
            found = set(find_units(views, model)) - {0}
            n_right += len(true & found)
            n_true += len(true)
            n_found += len(found)
            true_units = set(pairwise([0, *sorted(true), len(units)]))
            found_units = set(pairwise([0, *sorted(found), len(units)]))
            n_exact += len(true_units & found_units)
            n_units += len(true_units)
            n_found_units += len(found_units)
    return {
        "border_f1": round(2 * n_right / (n_true + n_found), 4),
        "exact_unit_f1": round(2 * n_exact / (n_units + n_found_units), 4),
    }
