"""Speed of segmentation, beside the other stages and two floors: decoding UTF-8, and finding words by a regex; and what
each part takes to load.

Data: the sample articles of the package, and its passages for the classifier. Contestants take turns. The ratios of
the fastest rounds are what ``python -m benchmarks guard`` holds later versions to.
"""

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any

import socialtext as st
from benchmarks.bench_segment_speed.load import LOADERS, measure_load
from benchmarks.clock import peak_mib, take_turns
from benchmarks.data import read_articles, read_passages
from benchmarks.outputs import as_released
from benchmarks.tables import Table, digits, speed
from socialtext.normalize.normalizer import load_fold
from socialtext.segment.sentences import load_splitter
from socialtext.segment.structure import StructureFinder
from socialtext.types import LANGUAGES

N_ROUNDS = {"fast": 7, "regular": 15, "large": 31}
FLOORS = ("decode UTF-8", "words by a regex")
OUTPUTS = {
    "normalize": "normalize {} standard",
    "normalize, align": "normalize {} standard, align",
    "sentences": "sentences {}",
    "structure": "segment {}",
    "Segmenter": "segment {}",
    "ThemeClassifier": "classify {}",
    "Pipeline": "pipeline {}",
}
"""The stages, and what tells whether their output is that of the release."""
WORD_RE = re.compile(r"\w+")

Figures = dict[str, Any]


def measure(options: argparse.Namespace) -> Figures:
    """Return a row for each stage and floor of each language."""
    rows = [row for lang in LANGUAGES for row in measure_language(lang, N_ROUNDS[options.profile])]
    for row in rows:
        if row["stage"] in OUTPUTS:
            row["as_released"] = as_released(OUTPUTS[row["stage"]].format(row["lang"]))
    return {"rows": rows, "peak_mib": peak_mib(), "load": measure_load(N_ROUNDS[options.profile])}


def measure_language(lang: str, n_rounds: int) -> list[Figures]:
    """Return the speeds of one language, and for each the ratio to the floors by the fastest round."""
    calls = build_calls(lang)
    timings = take_turns({name: call for name, (_, call) in calls.items()}, n_rounds)
    costs = {name: min(timings[name].cpu) / count_bytes(texts) for name, (texts, _) in calls.items()}
    return [
        {
            "lang": lang,
            "stage": name,
            **timings[name].describe(count_bytes(texts), sum(map(len, texts))),
            "best_ratios": {floor: costs[floor] / costs[name] for floor in FLOORS},
        }
        for name, (texts, _) in calls.items()
    ]


def build_calls(lang: str) -> dict[str, tuple[Sequence[str], Callable[[], object]]]:
    """Return the texts and the call of each floor and stage."""
    texts, passages = read_articles(lang), read_passages(lang)
    encoded = [text.encode() for text in texts]
    normalizer, splitter, nlp = st.Normalizer(lang), load_splitter(lang), st.Pipeline(lang)
    finder, segmenter = StructureFinder(lang, load_fold(lang)), st.Segmenter(lang)
    classifier = st.ThemeClassifier.load()
    return {
        "decode UTF-8": (texts, lambda: [data.decode() for data in encoded]),
        "words by a regex": (texts, lambda: [WORD_RE.findall(text) for text in texts]),
        "normalize": (texts, lambda: [normalizer.normalize(text) for text in texts]),
        "normalize, align": (texts, lambda: [normalizer.align(text) for text in texts]),
        "sentences": (texts, lambda: [splitter.split(text, 0, len(text)) for text in texts]),
        "structure": (texts, lambda: [finder.find(text) for text in texts]),
        "Segmenter": (texts, lambda: [segmenter.segment(text) for text in texts]),
        "ThemeClassifier": (passages, lambda: classifier.classify(passages, lang=lang)),
        "Pipeline": (texts, lambda: [nlp(text) for text in texts]),
    }


def count_bytes(texts: Sequence[str]) -> int:
    """Return the size of texts in UTF-8."""
    return sum(len(text.encode()) for text in texts)


def tabulate(figures: Figures) -> list[Table]:
    """Return a table a language."""
    columns = ("", "MB/s", "M code points/s", "spread", *(f"× {floor}" for floor in FLOORS), "wall/CPU")
    tables = []
    for lang in LANGUAGES:
        cells = [
            (
                row["stage"],
                speed(row),
                digits(row["code_points_per_s"] / 1e6),
                f"{row['spread']:.0%}",
                *(digits(row["best_ratios"][floor]) for floor in FLOORS),
                digits(row["wall_s"] / row["cpu_s"]),
            )
            for row in figures["rows"]
            if row["lang"] == lang
        ]
        tables.append(Table(f"{lang}; the ratios are those of the fastest rounds", columns, cells))
    parts = [(part, *(digits(row["cpu_ms"]) for row in figures["load"] if row["part"] == part)) for part in LOADERS]
    tables.append(Table("Loading, CPU ms, one part after the other in a new process", ("", *LANGUAGES), parts))
    return tables


def draw(figures: Figures, figure: Any) -> None:
    """Draw the speeds on a logarithmic axis."""
    axes = figure.subplots()
    stages = list(dict.fromkeys(row["stage"] for row in figures["rows"]))
    for at, lang in enumerate(LANGUAGES):
        rows = [row for row in figures["rows"] if row["lang"] == lang and row.get("as_released") is not False]
        places = [stages.index(row["stage"]) + (at - 1) * 0.26 for row in rows]
        axes.barh(places, [row["mb_per_s"] for row in rows], 0.24, label=lang)
    axes.set(xscale="log", xlabel="MB of UTF-8 per CPU second", yticks=range(len(stages)), yticklabels=stages)
    axes.invert_yaxis()
    axes.legend()
