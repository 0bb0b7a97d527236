"""What the spaCy component costs beside the pipeline alone and blank spaCy alone, in turns in one run.

The figure is the CPU time of ``nlp.pipe`` with the component, divided by that of `socialtext.Pipeline.pipe` and a
blank ``nlp.pipe`` together: what it costs to bring the results into Docs.
"""

import argparse
import statistics
from collections import deque
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import socialtext as st
from benchmarks.clock import peak_mib, take_turns
from benchmarks.data import read_articles
from benchmarks.outputs import as_released
from benchmarks.tables import Table, digits, speed
from socialtext.types import LANGUAGES

N_ROUNDS = 9

Figures = dict[str, Any]


def measure(options: argparse.Namespace) -> Figures:
    """Return a row for each pipe of each language, and the ratios."""
    rows: list[Figures] = []
    ratios = {}
    for lang in LANGUAGES:
        texts = read_articles(lang)
        timings = take_turns(build_calls(lang), N_ROUNDS)
        sizes = (sum(len(text.encode()) for text in texts), sum(map(len, texts)))
        released = {"as_released": as_released(f"pipeline {lang}")}
        for name, timing in timings.items():
            rows.append(
                {"lang": lang, "pipe": name, **timing.describe(*sizes), **(released if name != "blank" else {})}
            )
        alone = zip(timings["pipeline"].cpu, timings["blank"].cpu, timings["component"].cpu, strict=True)
        ratios[lang] = statistics.median(component / (pipeline + blank) for pipeline, blank, component in alone)
    return {"spacy": version("spacy"), "rows": rows, "ratios": ratios, "peak_mib": peak_mib()}


def build_calls(lang: str) -> dict[str, Callable[[], object]]:
    """Return the three pipes over the articles."""
    import spacy

    blank, component = spacy.blank(lang), spacy.blank(lang)
    component.add_pipe("socialtext")
    texts, pipeline = read_articles(lang), st.Pipeline(lang)
    return {
        "pipeline": lambda: deque(pipeline.pipe(texts), maxlen=0),
        "blank": lambda: deque(blank.pipe(texts), maxlen=0),
        "component": lambda: deque(component.pipe(texts), maxlen=0),
    }


def tabulate(figures: Figures) -> list[Table]:
    """Return the table."""
    cells = []
    for lang, ratio in figures["ratios"].items():
        rows = {row["pipe"]: row for row in figures["rows"] if row["lang"] == lang}
        cells.append((lang, *(speed(row) for row in rows.values()), digits(ratio)))
    title = f"MB per CPU second; spaCy {figures['spacy']}; peak of the process {figures['peak_mib']:.0f} MiB"
    return [Table(title, ("", "pipeline alone", "blank spaCy", "with the component", "cost over both alone"), cells)]
