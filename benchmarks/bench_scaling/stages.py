"""Measure one stage over one size of input."""

import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import socialtext as st
from benchmarks.clock import peak_mib, read_status
from benchmarks.data import read_articles
from socialtext.types import LANGUAGES

DOCUMENT_LANG = "fa"
"""Of the one long document: the language with the most repairs."""
ENOUGH_S = 0.2
MOST_PASSES = 1000
"""Short inputs are taken again for so long, or so often."""
PIECE = 1000
"""Bytes of a document of the corpus."""
LINE_END_RE = re.compile(rb"\n+")

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


@cache
def load_bytes(lang: str) -> tuple[bytes, list[int]]:
    """Return the articles of a language as UTF-8, one after the other, and where their lines begin."""
    joined = "\n\n".join(read_articles(lang)).encode() + b"\n\n"
    return joined, [0, *(match.end() for match in LINE_END_RE.finditer(joined, 0, len(joined) - 2))]


def cut(joined: bytes, start: int, n_bytes: int) -> str:
    """Return a text of a size, as far as whole characters fit, from a place on and round again."""
    turned = joined[start : start + n_bytes] + joined[:start]
    return (turned * (n_bytes // len(turned) + 1))[:n_bytes].decode(errors="ignore")


def iter_documents(form: str, n_bytes: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Yield language and text: pieces of 1 kB of the articles, the languages in turns, or one long Persian text.

    Each begins with a line drawn by chance, so that the smallest sizes are not always the same few lines.
    """
    langs, size = (LANGUAGES, PIECE) if form == "corpus" else ((DOCUMENT_LANG,), n_bytes)
    first = chance.randrange(len(langs))
    for at in range(-(-n_bytes // size)):
        lang = langs[(first + at) % len(langs)]
        joined, starts = load_bytes(lang)
        yield lang, cut(joined, chance.choice(starts), min(size, n_bytes - at * size))


def measure(stage: str, form: str, n_bytes: int) -> dict[str, Any]:
    """Return the mean times of one pass, those of decoding UTF-8, and the memory before and at the peak."""
    runs = {lang: STAGES[stage].load(lang) for lang in LANGUAGES}
    for lang, run in runs.items():
        for text in read_articles(lang):
            run(text)  # loads what it needs, and warms up
    base_mib = read_status("VmRSS") / 2**20
    chance = random.Random(0)
    cpu = wall = decode = 0.0
    size = n_passes = 0
    while wall < ENOUGH_S and n_passes < MOST_PASSES:
        n_passes += 1
        for lang, text in iter_documents(form, n_bytes, chance):
            encoded = text.encode()
            size += len(encoded)
            start = time.process_time()
            encoded.decode()
            decode += time.process_time() - start
            wall_start, start = time.perf_counter(), time.process_time()
            runs[lang](text)
            cpu += time.process_time() - start
            wall += time.perf_counter() - wall_start
    times = {"cpu_s": cpu / n_passes, "wall_s": wall / n_passes, "decode_s": decode / n_passes}
    return {"bytes": round(size / n_passes), **times, "base_mib": base_mib, "peak_mib": peak_mib()}
