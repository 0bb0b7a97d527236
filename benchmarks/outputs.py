"""What every stage writes of the sample articles, as digests: the speed of an output that has changed does not count.

``release.json`` has the digests of the release; ``python -m benchmarks release`` writes them.
"""

import json
import re
import runpy
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import socialtext as st
from benchmarks.data import read_articles, read_passages
from benchmarks.facts import digest
from socialtext.segment.sentences import load_splitter
from socialtext.types import LANGUAGES, Document

RELEASE = Path(__file__).with_name("release.json")
NORMALIZERS = Path(__file__).parent / "bench_normalize_speed" / "contestants" / "socialtext.py"
WORD_RE = re.compile(r"\w+")


def write_release(path: Path = RELEASE) -> None:
    """Take what is written now for that of the release."""
    release = {"version": st.__version__, "outputs": digest_outputs()}
    path.write_text(json.dumps(release, indent=1) + "\n", encoding="utf-8")


@cache
def compare_with_release() -> dict[str, bool]:
    """Return for each output, by stage and way, whether it is that of the release."""
    released = json.loads(RELEASE.read_text(encoding="utf-8"))["outputs"]
    return {name: released.get(name) == found for name, found in digest_outputs().items()}


def as_released(*names: str) -> bool:
    """Return whether all of some outputs are those of the release."""
    return all(compare_with_release()[name] for name in names)


def digest_outputs() -> dict[str, str]:
    """Return the digest of each output."""
    outputs = {}
    for way, normalizer in runpy.run_path(str(NORMALIZERS))["build_normalizers"]().items():
        lines = [line for text in read_articles(way[:2]) for line in text.split("\n")]
        outputs[f"normalize {way}"] = digest_lines(normalizer.normalize_batch(lines))
        outputs[f"normalize {way}, align"] = digest_lines(map(write_alignment, map(normalizer.align, lines)))
    for lang in LANGUAGES:
        texts, splitter, nlp = read_articles(lang), load_splitter(lang), st.Pipeline(lang)
        labels = st.ThemeClassifier.load().classify(read_passages(lang), lang=lang)
        outputs[f"sentences {lang}"] = digest_lines(repr(list(splitter.split(text, 0, len(text)))) for text in texts)
        outputs[f"segment {lang}"] = digest_lines(map(write_structure, map(st.Segmenter(lang).segment, texts)))
        outputs[f"classify {lang}"] = digest_lines(repr((label.themes, label.advice)) for label in labels)
        outputs[f"pipeline {lang}"] = digest_lines(map(write_document, map(nlp, texts)))
    return outputs


def digest_lines(lines: Iterable[str]) -> str:
    """Return the digest of lines; what no UTF-8 can hold is kept as it is."""
    return digest("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass"))


def write_alignment(aligned: st.Alignment) -> str:
    """Return the text and the raw span of each of its words."""
    return f"{aligned.text}\t{[aligned.raw_span(*word.span()) for word in WORD_RE.finditer(aligned.text)]}"


def write_structure(document: Document) -> str:
    """Return the spans of a document."""
    blocks = [(block.start, block.end, block.kind) for block in document.blocks]
    sentences = [(sentence.start, sentence.end) for sentence in document.sentences]
    return repr((blocks, sentences, [(unit.start, unit.end) for unit in document.units]))


def write_document(document: Document) -> str:
    """Return the spans, texts and labels of a document; no scores, whose last digits are the processor's."""
    return write_structure(document) + repr([(unit.text, unit.themes, unit.advice) for unit in document.units])
