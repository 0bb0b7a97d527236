"""Measure one stage over one size of input."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import socialtext as st
from benchmarks.clock import peak_mib, read_status
from benchmarks.data import read_articles
from socialtext.types import LANGUAGES

DOCUMENT_LANG = "fa"
"""Of the one long document: the language with the most repairs."""
ENOUGH_S = 0.2
"""Short inputs are taken again for so long."""

Run = Callable[[str], object]


@dataclass(frozen=True)
class Stage:
    """A stage: how to load it for a language, and the names of its outputs."""

    load: Callable[[str], Run]
    outputs: tuple[str, ...]


def load_normalize(lang: str) -> Run:
    """Return the normalizer in its standard profile."""
    return st.Normalizer(lang).normalize


def load_segment(lang: str) -> Run:
    """Return the segmenter, which normalizes the texts of the units too."""
    return st.Segmenter(lang).segment


def load_classify(lang: str) -> Run:
    """Return the classifier over the lines of a text, each a passage."""
    classify = st.ThemeClassifier.load().classify
    return lambda text: classify(text.split("\n"), lang=lang)


def load_pipeline(lang: str) -> Run:
    """Return all stages."""
    return partial(st.Pipeline(lang), lang=lang)


STAGES = {
    "normalize": Stage(load_normalize, tuple(f"normalize {lang} standard" for lang in LANGUAGES)),
    "segment": Stage(load_segment, tuple(f"segment {lang}" for lang in LANGUAGES)),
    "classify": Stage(load_classify, tuple(f"classify {lang}" for lang in LANGUAGES)),
    "pipeline": Stage(load_pipeline, tuple(f"pipeline {lang}" for lang in LANGUAGES)),
}


def iter_documents(form: str, n_bytes: int) -> Iterator[tuple[str, str]]:
    """Yield language and text: the articles again and again up to the size, or one long text made of Persian ones."""
    if form == "document":
        part = "\n\n".join(read_articles(DOCUMENT_LANG)) + "\n\n"
        size = len(part.encode())
        yield DOCUMENT_LANG, part * (n_bytes // size) + shorten(part, n_bytes % size)
        return
    articles = [(lang, text, len(text.encode())) for lang in LANGUAGES for text in read_articles(lang)]
    articles = [article for start in range(26) for article in articles[start::26]]  # the languages in turns
    while n_bytes > 0:
        for lang, text, size in articles:
            yield lang, shorten(text, n_bytes) if size > n_bytes else text
            n_bytes -= size
            if n_bytes <= 0:
                break


def shorten(text: str, n_bytes: int) -> str:
    """Return the first bytes of a text, as far as they are whole characters."""
    return text.encode()[:n_bytes].decode(errors="ignore")


def measure(stage: str, form: str, n_bytes: int) -> dict[str, Any]:
    """Return the median times of one pass, those of decoding UTF-8, and the memory before and at the peak."""
    runs = {lang: STAGES[stage].load(lang) for lang in LANGUAGES}
    for lang, run in runs.items():
        for text in read_articles(lang):
            run(text)  # loads what it needs, and warms up
    base_mib = read_status("VmRSS") / 2**20
    cpu: list[float] = []
    wall: list[float] = []
    decode: list[float] = []
    size = 0
    while sum(wall) < ENOUGH_S:
        size = 0
        for series in (cpu, wall, decode):
            series.append(0.0)
        for lang, text in iter_documents(form, n_bytes):
            encoded = text.encode()
            size += len(encoded)
            start = time.process_time()
            encoded.decode()
            decode[-1] += time.process_time() - start
            wall_start, start = time.perf_counter(), time.process_time()
            runs[lang](text)
            cpu[-1] += time.process_time() - start
            wall[-1] += time.perf_counter() - wall_start
    times = {"cpu_s": statistics.median(cpu), "wall_s": statistics.median(wall), "decode_s": statistics.median(decode)}
    return {"bytes": size, **times, "base_mib": base_mib, "peak_mib": peak_mib()}
