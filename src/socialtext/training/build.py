"""Train a model from the corpora and write it as it is released."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version as package_version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from socialtext.errors import InputError
from socialtext.models import write_model
from socialtext.normalize.halfspace_words import ZWNJ
from socialtext.segment.blocks import NAMES
from socialtext.training import blocks, units
from socialtext.training.colloquial import read_web_frequencies as read_indonesian_frequencies
from socialtext.training.colloquial import train_colloquial
from socialtext.training.halfspace import NOTHING_LISTED, read_listed, read_web_frequencies, train_halfspace
from socialtext.training.linear import FittedLinear, fit_matrix
from socialtext.training.themes import Example, ExampleReader, train_themes

VERSION: Final = "0.1.0"
# Inverse regularization and the number of lines that a feature must occur in, by cross-validation over the annotated
# articles.
MIN_COUNT: Final = 3
BLOCK_STRENGTH: Final = 0.3
# How often the pairs written for this project are counted: they stand for what is rare in the others.
N_WRITTEN: Final = 3


def train(what: str, data: Path, output: Path) -> str:
    """Train one model and write it; return a line that says what came of it.

    Raises
    ------
    InputError
        ST301 where the data folder lacks the corpus that the model needs.
    """
    if what == "halfspace":
        return _train_halfspace(data, output)
    if what == "colloquial":
        return _train_colloquial(data, output)
    articles_path = data / "articles.jsonl"
    if not articles_path.is_file():
        raise InputError("ST301", f"{articles_path}: no such file; --data wants the folder of the corpora")
    articles: list[Mapping[str, Any]] = list(_read_json_lines(articles_path))
    passage_paths = sorted((data / "passages").glob("*.jsonl"))
    paths = [articles_path, *(passage_paths if what == "themes" else [])]
    info: dict[str, Any] = {
        "name": what,
        "version": VERSION,
        "data_sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths},
    }
    if what == "themes":
        reader = ExampleReader()
        model = train_themes(read_examples(data, reader), reader.matchers)
        linear, above = model.layer.units.model, model.layer.above.model
        facts = {**info, **model.info}
        write_model(
            output,
            facts,
            list(linear.index),
            linear.weights,
            linear.intercepts,
            idf=linear.idf,
            above=above,
            net=model.layer.net,
            steps=True,
        )
        return f"themes: {json.dumps(model.info['cross_validation'])}"
    if what == "blocks":
        pages = [blocks.read_article(record) for record in articles]
        weights = [blocks.weigh_page(record) for record in articles]
        kinds_model = _fit_blocks(blocks.build_examples(pages, weights))
        figures = blocks.cross_validate(pages, weights, _fit_blocks)
        return _write(output, info, kinds_model, kinds_model.classes, figures, len(articles))
    contents = [units.read_content(record) for record in articles]
    borders_model = units.fit_borders(contents)
    return _write(output, info, borders_model, ["border"], units.cross_validate(contents), len(articles))


def read_examples(data: Path, reader: ExampleReader) -> list[Example]:
    """Return the passages and article units of a folder of corpora; the batch in its id is the source of a passage."""
    examples = [
        reader.read_passage(record, record["id"].rsplit("-", 1)[0])
        for path in sorted((data / "passages").glob("*.jsonl"))
        for record in _read_json_lines(path)
    ]
    for record in _read_json_lines(data / "articles.jsonl"):
        examples += reader.read_article(record)
    return examples


def _fit_blocks(examples: blocks.Examples) -> FittedLinear:
    matrix, kinds, weights = examples
    return fit_matrix(matrix, NAMES, kinds, min_count=MIN_COUNT, C=BLOCK_STRENGTH, sample_weight=weights)


def _write(
    output: Path,
    info: dict[str, Any],
    model: FittedLinear,
    classes: list[Any],
    figures: dict[str, float],
    n_articles: int,
) -> str:
    facts = {**info, "classes": classes, "n_articles": n_articles, "cross_validation": figures}
    write_model(output, facts, list(model.index), model.weights, model.intercepts)
    return f"{info['name']}: {json.dumps(figures)}, {len(model.index)} features from {n_articles} articles"


def _train_halfspace(data: Path, output: Path) -> str:
    path, words = data / "perdt-train.txt", data / "index.dic"
    if not path.is_file():
        raise InputError("ST301", f"{path}: no such file; --data wants the folder of the training sentences")
    passages = files("socialtext") / "corpora" / "passages" / "fa.jsonl"
    own = passages.read_text(encoding="utf-8")
    records = [json.loads(line) for line in own.split("\n") if line]
    sentences = path.read_text(encoding="utf-8").split("\n")
    for record in records:
        # What has no half-space at all may have lost them.
        if not record["noise"] and ZWNJ in record["text"]:
            sentences += record["text"].split("\n")
    info = {
        "name": "fa-halfspace",
        "version": VERSION,
        "data_sha256": {
            **{file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (path, words) if file.is_file()},
            "passages/fa.jsonl": hashlib.sha256(own.encode("utf-8")).hexdigest(),
        },
        "wordfreq": package_version("wordfreq"),
    }
    listed = read_listed(words) if words.is_file() else NOTHING_LISTED
    done = train_halfspace(sentences, read_web_frequencies(), listed, info, output)
    return done if words.is_file() else f"{done}; without {words.name}, so fewer compounds (npm pack dictionary-fa)"


def _train_colloquial(data: Path, output: Path) -> str:
    paths = [data / "stif-train.inf", data / "stif-train.for"]
    for path in paths:
        if not path.is_file():
            raise InputError("ST301", f"{path}: no such file; --data wants the folder of the sentence pairs")
    informal, formal = (path.read_text(encoding="utf-8").removesuffix("\n").split("\n") for path in paths)
    if len(informal) != len(formal):
        raise InputError("ST306", f"{data}: stif-train.inf and stif-train.for differ in their number of lines")
    corpora = files("socialtext") / "corpora"
    written = corpora / "colloquial" / "id.tsv"
    own = [corpora / "passages" / "id.jsonl", corpora / "articles.jsonl"]
    records = [json.loads(line) for path in own for line in path.read_text(encoding="utf-8").split("\n") if line]
    info = {
        "name": "id-colloquial",
        "version": VERSION,
        "data_sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (*paths, written, *own)},
        "wordfreq": package_version("wordfreq"),
    }
    prose = [record["text"] for record in records if record["lang"] == "id" and not record.get("noise")]
    pairs = list(zip(informal, formal, strict=True))
    rows = [line.split("\t") for line in written.read_text(encoding="utf-8").split("\n")[1:] if line]
    pairs += N_WRITTEN * [(raw, formal) for raw, formal in rows]
    return train_colloquial(pairs, prose, read_indonesian_frequencies(), info, output)


def _read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
