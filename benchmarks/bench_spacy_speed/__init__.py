"""What the spaCy component costs beside the pipeline alone and blank spaCy alone, in turns in one run.

The figure is the CPU time of ``nlp.pipe`` with the component, divided by that of `socialtext.Pipeline.pipe` and a
blank ``nlp.pipe`` together: what it costs to bring the results into Docs.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from importlib.resources import files

import spacy

import socialtext as st

LANGS = ("ar", "fa", "id")
N_TURNS = 9


def main(options: argparse.Namespace) -> None:
    """Print a line a language, or one JSON object."""
    rows = [measure(lang) for lang in LANGS]
    if options.json:
        print(json.dumps({"spacy": version("spacy"), "turns": N_TURNS, "rows": rows}))
        return
    print(f"spaCy {version('spacy')}, median CPU seconds of {N_TURNS} turns over the sample articles")
    for row in rows:
        times = ", ".join(f"{name} {row[name]:.3f}" for name in ("pipeline", "blank", "component"))
        print(f"{row['lang']}  {times}: ratio {row['ratio']:.2f}")


def measure(lang: str) -> dict[str, float | str]:
    """Return the median times of a language and their ratio."""
    raws = read_articles(lang)
    blank, component = spacy.blank(lang), spacy.blank(lang)
    component.add_pipe("socialtext")
    contestants: dict[str, Callable[[list[str]], Iterable[object]]] = {
        "pipeline": st.Pipeline(lang).pipe, "blank": blank.pipe, "component": component.pipe,
    }  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(1 + N_TURNS):  # the first warms up
        for name, pipe in contestants.items():
            start = time.process_time()
            for _ in pipe(raws):
                pass
            times[name].append(time.process_time() - start)
    medians = {name: statistics.median(values[1:]) for name, values in times.items()}
    return {"lang": lang, **medians, "ratio": medians["component"] / (medians["pipeline"] + medians["blank"])}


def read_articles(lang: str) -> list[str]:
    """Return the sample articles of a language."""
    folder = files("socialtext") / "corpora" / "articles"
    return [path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.startswith(lang)]
