"""Train the model that tells headings, paragraphs, list items and boilerplate apart."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from socialtext.cues import CueMatcher
from socialtext.normalize.normalizer import load_fold
from socialtext.segment.blocks import line_features
from socialtext.segment.lines import Line, iter_lines

VARIANTS = ("as written", "no blank lines", "no head", "no foot", "prose only", "blank lines everywhere")


def iter_variants(record: Mapping[str, Any]) -> Iterator[tuple[str, list[Line], list[str]]]:
    """Yield the lines and kinds of an article as differently thorough crawlers would deliver it."""
    kinds = {block["start"]: block["kind"] for block in record["blocks"]}
    lines = list(iter_lines(record["text"]))
    labelled = [(line, kinds[line.start]) for line in lines]
    content = [at for at, (_, kind) in enumerate(labelled) if kind != "boilerplate"]
    first, last = content[0], content[-1]
    for variant in VARIANTS:
        chosen = labelled
        if variant in ("no head", "prose only"):
            chosen = [pair for at, pair in enumerate(labelled) if at >= first]
        if variant == "no foot":
            chosen = [pair for at, pair in enumerate(labelled) if at <= last]
        if variant == "prose only":
            chosen = [pair for pair in chosen if pair[1] != "boilerplate"]
        blank = {"no blank lines": False, "blank lines everywhere": True}.get(variant)
        yield (
            variant,
            [
                line if blank is None else Line(line.start, line.end, line.text, blank and at > 0)
                for at, (line, _) in enumerate(chosen)
            ],
            [kind for _, kind in chosen],
        )


def build_examples(
    records: Iterable[Mapping[str, Any]],
) -> tuple[list[dict[str, float]], list[str], list[str]]:
    """Return features, kinds and article ids of every line of every variant."""
    bags: list[dict[str, float]] = []
    kinds: list[str] = []
    groups: list[str] = []
    tools: dict[str, tuple[CueMatcher, Any]] = {}
    for record in records:
        lang = record["lang"]
        if lang not in tools:
            fold = load_fold(lang)
            tools[lang] = CueMatcher(lang, fold), fold
        for _, lines, labels in iter_variants(record):
            bags += line_features(lines, *tools[lang])
            kinds += labels
            groups += [record["id"]] * len(lines)
    return bags, kinds, groups
