"""Train the border scorer of advice units on annotated articles."""

from collections.abc import Iterable, Mapping
from typing import Any

from socialtext.normalize.normalizer import load_fold
from socialtext.segment.structure import StructureFinder
from socialtext.segment.units import SentenceView, border_features, fixed_border
from socialtext.types import Block, Sentence


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
) -> tuple[list[dict[str, float]], list[bool], list[str]]:
    """Return features, border or not, and article id of every pair of sentences that no rule decides."""
    bags, borders, groups = [], [], []
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
                groups.append(record["id"])
            if border:
                unit_start = at
    return bags, borders, groups
