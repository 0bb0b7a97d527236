"""Train the model of Persian half-spaces: a lexicon with counts, and two scorers fitted on words held out from it.

Comes in: ``perdt-train.txt``, one sentence a line with its half-spaces, the passages of the package that carry no
noise, and the word frequencies of the package wordfreq. Goes out: the folder of the model.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from socialtext.models import LEXICON_FORMAT, pack_lines, write_arrays
from socialtext.normalize.halfspace import (
    COMPOUND,
    ZWNJ,
    Lexicon,
    join_features,
    load_grammar,
    places,
    split_features,
)
from socialtext.normalize.normalizer import Normalizer
from socialtext.training.linear import fit_logistic

WORD_RE: Final = re.compile(r"[\w\u200c]+")
PERSIAN_RE: Final = re.compile("[\u0620-\u06d3\u200c]{2,}")
MARK_RE: Final = re.compile("[\u064b-\u065f\u0670]")
N_FOLDS: Final = 6
FOLD_LINES: Final = 50  # neighbouring sentences stay in one fold
MAX_WEIGHT: Final = 20  # a frequent word counts no more
MIN_COUNT: Final = 3
# Margins from which a half-space is written, and what is taken off for compounds, whose joined and open spellings are
# both in use: chosen on the development set of PerDT for little harm to correct text.
SPLIT_MARGIN: Final = 0.5
JOIN_MARGIN: Final = 0.3
SPLIT_COMPOUND_PENALTY: Final = 2.0
JOIN_COMPOUND_PENALTY: Final = 2.0


def train_halfspace(sentences: Sequence[str], web: dict[str, int], info: dict[str, Any], output: Path) -> str:
    """Train and write the model; return a line that says what came of it."""
    lines = clean_lines(sentences)
    splits: tuple[list[Any], list[bool], list[float]] = ([], [], [])
    joins: tuple[list[Any], list[bool]] = ([], [])
    for fold in range(N_FOLDS):
        lexicon = build_lexicon([line for at, line in enumerate(lines) if at // FOLD_LINES % N_FOLDS != fold], web)
        held_out = [line for at, line in enumerate(lines) if at // FOLD_LINES % N_FOLDS == fold]
        for features, target, weight in iter_split_examples(held_out, lexicon):
            splits[0].append(features)
            splits[1].append(target)
            splits[2].append(weight)
        for features, target in iter_join_examples(held_out, lexicon):
            joins[0].append(features)
            joins[1].append(target)
    split_weights = _fit(splits[0], splits[1], splits[2], SPLIT_COMPOUND_PENALTY)
    join_weights = _fit(joins[0], joins[1], None, JOIN_COMPOUND_PENALTY)
    lexicon = build_lexicon(lines, web)
    grammar = load_grammar()
    # Only pairs about which a question can arise.
    apart = {}
    for pair, count in lexicon.apart.items():
        left, right = pair.split(" ")
        is_prefixed = left in grammar.verb_prefixes or left in grammar.prefixes
        if pair in lexicon.joined or right in grammar.endings or (is_prefixed and count > 1):
            apart[pair] = count
    arrays = {
        **_pack("words", lexicon.words),
        **_pack("spellings", dict(lexicon.spellings.values())),
        **_pack("joined", lexicon.joined),
        **_pack("apart", apart),
        **_pack("web", lexicon.web),
    }
    facts = {
        **info,
        "split_margin": SPLIT_MARGIN,
        "join_margin": JOIN_MARGIN,
        "split_weights": split_weights,
        "join_weights": join_weights,
    }
    write_arrays(output, LEXICON_FORMAT, facts, arrays)
    return f"halfspace: {len(splits[1])} splits and {len(joins[1])} pairs from {len(lines)} lines"


def read_web_frequencies() -> dict[str, int]:
    """Return the Zipf class of the Persian words of wordfreq."""
    import wordfreq

    normalizer = Normalizer("fa", halfspace=False, elongation=False)
    classes: dict[str, int] = {}
    for word, frequency in sorted(wordfreq.get_frequency_dict("fa").items()):
        normalized = normalizer.normalize(word)
        if PERSIAN_RE.fullmatch(normalized):
            classes[normalized] = max(classes.get(normalized, 0), int(wordfreq.freq_to_zipf(frequency)))
    return classes


def clean_lines(sentences: Sequence[str]) -> list[str]:
    """Bring the letters of the sentences into the form in which half-spaces are judged."""
    normalizer = Normalizer("fa", halfspace=False, elongation=False, punctuation=False, quotes=False)
    return [MARK_RE.sub("", normalizer.normalize(sentence)) for sentence in sentences if sentence.strip()]


def _iter_parts(line: str) -> Iterator[tuple[str, str]]:
    """Yield each part of each word with what stands before it: half-space, blank, or a border."""
    end = None
    for match in WORD_RE.finditer(line):
        parts = match[0].strip(ZWNJ).split(ZWNJ)
        follows = end is not None and match.start() - end == 1 and line[end] == " "
        end = match.end()
        for at, part in enumerate(parts):
            if part:
                yield part, ZWNJ if at else " " if follows else ""


def build_lexicon(lines: Sequence[str], web: dict[str, int]) -> Lexicon:
    """Count words, spellings and pairs."""
    words: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    joined: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    for line in lines:
        for match in WORD_RE.finditer(line):
            word = match[0].strip(ZWNJ)
            if ZWNJ in word:
                spellings.setdefault(word.replace(ZWNJ, ""), Counter())[word] += 1
            elif word:
                words[word] += 1
        previous = ""
        for part, before in _iter_parts(line):
            if before == ZWNJ:
                joined[f"{previous} {part}"] += 1
            elif before == " ":
                apart[f"{previous} {part}"] += 1
            previous = part
    return Lexicon(
        words=dict(sorted(words.items())),
        spellings={
            letters: max(counts.items(), key=lambda item: (item[1], item[0]))
            for letters, counts in sorted(spellings.items())
        },
        joined=dict(sorted(joined.items())),
        apart=dict(sorted(apart.items())),
        firsts=Counter(pair.split(" ")[0] for pair in joined),
        seconds=Counter(pair.split(" ")[1] for pair in joined),
        web=web,
    )


def iter_split_examples(lines: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[dict[str, float], bool, float]]:
    """Yield features, truth and weight of each place in a word type where a half-space might stand."""
    grammar = load_grammar()
    counts = Counter(match[0].strip(ZWNJ) for line in lines for match in WORD_RE.finditer(line))
    for spelling, count in sorted(counts.items()):
        word = spelling.replace(ZWNJ, "")
        truth = places(spelling)
        for at in range(1, len(word)):
            features = split_features(word, at, lexicon, grammar)
            if features is not None:
                yield features, at in truth, float(min(count, MAX_WEIGHT))


def iter_join_examples(lines: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield features and truth of each pair of neighbours that might belong together."""
    grammar = load_grammar()
    for line in lines:
        for (left, _), (right, between) in pairwise(_iter_parts(line)):
            features = join_features(left, right, lexicon, grammar) if between else None
            if features is not None:
                yield features, between == ZWNJ


def _fit(
    bags: list[dict[str, float]], targets: list[bool], weights: list[float] | None, penalty: float
) -> dict[str, float]:
    names, coefficients, intercepts, _ = fit_logistic(bags, targets, min_count=MIN_COUNT, C=1.0, sample_weight=weights)
    result = {name: round(float(value), 4) for name, value in zip(names, coefficients[:, 0], strict=True)}
    result[COMPOUND] = round(result.get(COMPOUND, 0.0) - penalty, 4)
    result[""] = round(float(intercepts[0]), 4)
    return result


def _pack(name: str, counts: Any) -> dict[str, Any]:
    return {
        name: pack_lines(counts),
        f"{name}_counts": np.array([min(count, 65535) for count in counts.values()], dtype=np.uint16),
    }
