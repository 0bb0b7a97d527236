"""Themes and advice beside baselines: the same sources left out, the same thresholds search, F1 of each label.

Data: the labelled corpora of the package. What each contestant gets is the training part of
a fold as examples; what it gives are scores of the part left out. Thresholds are then found for all alike on those
scores, which flatters all alike. Baselines judge passages alone; so does the row *socialtext, alone*. Only
*socialtext, in context* sees the headings and neighbours of article units. How much *socialtext, alone* makes of its
net beside its linear model, fourteen numbers in all, is taken from the released model, which has seen all sources.

Also figures of each language, of languages that were not trained on, and the learning curve.
"""

import argparse
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench_classify_quality.contestants import CONTESTANTS, Contestant, fit_socialtext
from benchmarks.contest import digest_models
from benchmarks.environments import choose_contestants
from benchmarks.tables import Table, percent
from socialtext.training.build import read_examples
from socialtext.training.themes import (
    N_FOLDS,
    Example,
    ExampleReader,
    assign_folds,
    cross_score,
    find_thresholds,
    fit_first,
    hold_out,
    label_matrix,
)
from socialtext.training.themes import measure as measure_labels
from socialtext.types import LANGUAGES, THEMES

SHARES = (0.1, 0.25, 0.5)
COLUMNS = (*THEMES, "none", "macro", "advice")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of each label, by table and contestant."""
    data = Path(str(files("socialtext") / "corpora" / "articles.jsonl")).parent
    reader = ExampleReader()
    examples = read_examples(data, reader)
    targets = label_matrix(examples)
    units = np.flatnonzero([example.passage.section >= 0 for example in examples])
    passages = np.flatnonzero([example.passage.section < 0 for example in examples])
    chosen = {name: CONTESTANTS[name] for name in choose_contestants(options.only, CONTESTANTS)}
    scores = {name: cross_validate(contestant, examples) for name, contestant in chosen.items()}
    tables = {
        "article units": {name: judge(targets[units], found[units]) for name, found in scores.items()},
        "passages": {name: judge(targets[passages], found[passages]) for name, found in scores.items()},
    }
    versions = {name: version(name) for name in ("scikit-learn", "numpy")}
    figures: dict[str, Any] = {"versions": versions, "models": digest_models("themes"), "tables": tables}
    if not options.only:
        evidence = hold_out(examples, lambda part: fit_first(part, reader.matchers))
        in_context = cross_score(evidence, targets, units.tolist(), examples)
        tables["article units"]["socialtext, in context"] = judge(targets[units], in_context)
        figures["languages"] = {
            lang: judge(targets[units][here], in_context[here])
            for lang in LANGUAGES
            if len(here := np.flatnonzero([examples[at].lang == lang for at in units]))
        }
        figures["language left out"] = {lang: leave_out(examples, targets, lang) for lang in LANGUAGES}
        figures["learning curve"] = learning_curve(examples, targets, units)
        figures["learning curve"]["1.0"] = pick(tables["article units"]["socialtext, alone"])
    return figures


def cross_validate(contestant: Contestant, examples: Sequence[Example], share: float = 1.0) -> Any:
    """Return the scores of every example by a contestant that has not seen its source."""
    folds = assign_folds(examples)
    scores = np.zeros((len(examples), len(THEMES) + 1))
    for fold in range(N_FOLDS):
        train = [example for example, at in zip(examples, folds, strict=True) if at != fold]
        test = [example for example, at in zip(examples, folds, strict=True) if at == fold]
        scores[folds == fold] = contestant(thin(train, share), test)
    return scores


def thin(examples: list[Example], share: float) -> list[Example]:
    """Return a share of the examples, drawn by chance with a fixed seed."""
    chosen = np.random.default_rng(0).permutation(len(examples))[: round(share * len(examples))]
    return [examples[at] for at in sorted(chosen)]


def judge(targets: Any, scores: Any) -> dict[str, float]:
    """Return the figures at the best thresholds."""
    return measure_labels(targets, scores >= np.array(find_thresholds(targets, scores)))


def leave_out(examples: Sequence[Example], targets: Any, lang: str) -> dict[str, float]:
    """Return the figures of one language after training on the two others."""
    here = np.array([example.lang == lang for example in examples])
    train = [example for example in examples if example.lang != lang]
    scores = fit_socialtext(train, [example for example in examples if example.lang == lang])
    return judge(targets[here], scores)


def learning_curve(examples: Sequence[Example], targets: Any, units: Any) -> dict[str, dict[str, float]]:
    """Return macro-F1 and F1 of advice of article units alone, by the share of the training data."""
    curve = {}
    for share in SHARES:
        curve[str(share)] = pick(judge(targets[units], cross_validate(fit_socialtext, examples, share)[units]))
    return curve


def pick(figures: dict[str, float]) -> dict[str, float]:
    """Return the two figures of the learning curve."""
    return {name: figures[name] for name in ("macro", "advice")}


def tabulate(figures: dict[str, Any]) -> list[Table]:
    """Return all tables."""
    tables = {**figures["tables"]}
    tables |= {
        title: figures[name]
        for title, name in (
            ("article units in context, by language", "languages"),
            ("passages and units alone, trained on the two other languages", "language left out"),
            ("article units alone, by the share of the training data", "learning curve"),
        )
        if name in figures
    }
    released = figures["models"]["themes"][:12]
    note = f"models of the folds; that of the release, themes, sha256 {released}…, learned from all examples alike"
    return [tabulate_rows(title, rows, [] if at else [note]) for at, (title, rows) in enumerate(tables.items())]


def tabulate_rows(title: str, rows: dict[str, dict[str, float]], notes: list[str]) -> Table:
    """Return one table, of the labels that it has figures of."""
    columns = [column for column in COLUMNS if column in next(iter(rows.values()))]
    cells = [(name, *(percent(row[column]) for column in columns)) for name, row in rows.items()]
    return Table(f"F1 × 100 of {title}", ("", *columns), cells, notes)


def draw(figures: dict[str, Any], figure: Any) -> None:
    """Draw the table of the article units beside the learning curve."""
    left, right = figure.subplots(1, 2)
    rows = figures["tables"]["article units"]
    places = np.arange(len(rows))
    for offset, name in ((-0.2, "macro"), (0.2, "advice")):
        left.barh(places + offset, [100 * row[name] for row in rows.values()], 0.4, label=name)
    left.set(yticks=places, yticklabels=list(rows), xlabel="F1 × 100 on article units", xlim=(0, 100))
    left.invert_yaxis()
    left.legend()
    for name in ("macro", "advice"):
        curve = figures.get("learning curve", {})
        shares = [100 * float(share) for share in curve]
        right.plot(shares, [100 * row[name] for row in curve.values()], "o-", label=name)
    right.set(xlabel="training data, %", ylabel="F1 × 100 on article units, alone", ylim=(0, 100))
    right.legend()
