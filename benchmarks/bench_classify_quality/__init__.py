"""Themes and advice beside baselines: the same sources left out, the same thresholds search, F1 of each label.

Data: the labelled corpora (``--data corpora``, or those installed). What each contestant gets is the training part of
a fold as examples; what it gives are scores of the part left out. Thresholds are then found for all alike on those
scores, which flatters all alike. Baselines judge passages alone; so does the row *socialtext, alone*. Only
*socialtext, in context* sees the headings and neighbours of article units.

Prints the table, figures of each language, of languages that were not trained on, and the learning curve.
"""

import argparse
import hashlib
import json
import platform
import subprocess
import time
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench_classify_quality.contestants import CONTESTANTS, Contestant, fit_socialtext
from benchmarks.environments import choose_contestants
from socialtext.training.build import read_examples
from socialtext.training.themes import (
    N_FOLDS,
    Example,
    ExampleReader,
    assign_folds,
    cross_score,
    find_thresholds,
    fit_linear,
    hold_out,
    label_matrix,
    measure,
)
from socialtext.types import LANGUAGES, THEMES

SHARES = (0.1, 0.25, 0.5, 1.0)
COLUMNS = (*THEMES, "none", "macro", "advice")
WIDTH = 30


def main(options: argparse.Namespace) -> None:
    """Print the tables, or one JSON object; draw the plot where ``--plot FILE`` names one."""
    data = options.data or Path(str(files("socialtext") / "corpora" / "articles.jsonl")).parent
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
    facts: dict[str, Any] = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "commit": find_commit(),
        "versions": {name: version(name) for name in ("socialtext", "scikit-learn", "numpy")},
        "data_sha256": digest(data),
        "tables": tables,
    }
    if not options.only:
        evidence = hold_out(examples, lambda part: fit_linear(part, reader.matchers))
        in_context = cross_score(evidence, targets, units.tolist(), examples)
        tables["article units"]["socialtext, in context"] = judge(targets[units], in_context)
        facts["languages"] = {
            lang: judge(targets[units][here], in_context[here])
            for lang in LANGUAGES
            if len(here := np.flatnonzero([examples[at].lang == lang for at in units]))
        }
        facts["language left out"] = {lang: leave_out(examples, targets, lang) for lang in LANGUAGES}
        facts["learning curve"] = learning_curve(examples, targets, units)
    if options.json:
        print(json.dumps(facts, indent=1))
    else:
        print_facts(facts)
    if options.plot:
        draw(facts, options.plot)


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
    return measure(targets, scores >= np.array(find_thresholds(targets, scores)))


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
        figures = judge(targets[units], cross_validate(fit_socialtext, examples, share)[units])
        curve[str(share)] = {name: figures[name] for name in ("macro", "advice")}
    return curve


def digest(data: Path) -> dict[str, str]:
    """Return the digests of the corpora."""
    paths = [data / "articles.jsonl", *sorted((data / "passages").glob("*.jsonl"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths}


def find_commit() -> str | None:
    """Return the commit of this checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stdout.strip() or None


def print_facts(facts: dict[str, Any]) -> None:
    """Print all tables."""
    tables = {**facts["tables"]}
    tables |= {
        title: facts[name]
        for title, name in (
            ("article units in context, by language", "languages"),
            ("passages and units alone, trained on the two other languages", "language left out"),
            ("article units alone, by the share of the training data", "learning curve"),
        )
        if name in facts
    }
    for title, rows in tables.items():
        columns = [column for column in COLUMNS if column in next(iter(rows.values()))]
        print(f"{title + ', F1':{2 * WIDTH}}")
        print(f"{'':{WIDTH}}" + "".join(f"{column:>16}" for column in columns))
        for name, figures in rows.items():
            print(f"{name:{WIDTH}}" + "".join(f"{figures[column]:16.3f}" for column in columns))
        print()


def draw(facts: dict[str, Any], path: Path) -> None:
    """Draw the table of the article units beside the learning curve."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4), layout="constrained")
    rows = facts["tables"]["article units"]
    places = np.arange(len(rows))
    for offset, name in ((-0.2, "macro"), (0.2, "advice")):
        left.barh(places + offset, [figures[name] for figures in rows.values()], 0.4, label=name)
    left.set(yticks=places, yticklabels=list(rows), xlabel="F1 on article units", xlim=(0, 1))
    left.invert_yaxis()
    left.legend()
    for name in ("macro", "advice"):
        curve = facts.get("learning curve", {})
        right.plot([100 * float(share) for share in curve], [row[name] for row in curve.values()], "o-", label=name)
    right.set(xlabel="training data, %", ylabel="F1 on article units, alone", ylim=(0, 1))
    right.legend()
    figure.savefig(path, dpi=110)
