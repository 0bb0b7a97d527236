"""Train the model that tells headings, paragraphs, list items and boilerplate apart."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from socialtext.cues import CueMatcher
from socialtext.normalize.normalizer import load_fold
from socialtext.segment.blocks import choose_kind, line_features
from socialtext.segment.lines import Line, iter_lines
from socialtext.training.linear import FittedLinear

N_FOLDS = 5
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
    records: Iterable[Mapping[str, Any]], variants: Sequence[str] = VARIANTS
) -> tuple[list[dict[str, float]], list[str]]:
    """Return features and kinds of every line of the variants."""
    bags: list[dict[str, float]] = []
    kinds: list[str] = []
    tools: dict[str, tuple[CueMatcher, Any]] = {}
    for record in records:
        lang = record["lang"]
        if lang not in tools:
            fold = load_fold(lang)
            tools[lang] = CueMatcher(lang, fold), fold
        for variant, lines, labels in iter_variants(record):
            if variant in variants:
                bags += line_features(lines, *tools[lang])
                kinds += labels
    return bags, kinds


def cross_validate(
    records: Sequence[Mapping[str, Any]], fit: Callable[[list[dict[str, float]], list[str]], FittedLinear]
) -> dict[str, float]:
    """Return the share of lines right in articles left out, as written and without the head of the page."""
    figures = {}
    for variant in ("as written", "no head"):
        n_right = n_lines = 0
        for fold in range(N_FOLDS):
            model = fit(*build_examples(record for at, record in enumerate(records) if at % N_FOLDS != fold))
            left_out = [record for at, record in enumerate(records) if at % N_FOLDS == fold]
            bags, kinds = build_examples(left_out, (variant,))
            n_right += sum(choose_kind(bag, model) == kind for bag, kind in zip(bags, kinds, strict=True))
            n_lines += len(kinds)
        figures[variant] = round(n_right / n_lines, 4)
    return figures
