"""Train the model of Persian half-spaces: a lexicon with counts, and three scorers fitted on words held out from it.

Comes in: ``perdt-train.txt``, one sentence a line with its half-spaces, the passages of the package that carry no
noise and have half-spaces, ``index.dic``, the word list of the spelling dictionary Lilak, where it is there, and the
word frequencies of the package wordfreq. Goes out: the folder of the model.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from socialtext.models import LEXICON_FORMAT, pack_lines, write_arrays
from socialtext.normalize._halfspace_features import HalfspaceFeatures, reading_name
from socialtext.normalize.halfspace import Margins, Weights
from socialtext.normalize.halfspace_words import (
    FARSI_YEH,
    HEH,
    INDEFINITE,
    INTERCEPT,
    PLURAL,
    ZWNJ,
    Lexicon,
    context_features,
    find_places,
    load_grammar,
)
from socialtext.normalize.normalizer import Normalizer
from socialtext.training.linear import fit_logistic

WORD_RE: Final = re.compile(r"[\w\u200c]+")
PERSIAN_RE: Final = re.compile("[\u0620-\u06d3\u200c]{2,}")
MARK_RE: Final = re.compile("(?!(?<=\u0647)\u0654)[\u064b-\u065f\u0670]")  # all but the hamza of the ezafe
EZAFE_RE: Final = re.compile(r"([\w\u200c]+\u0647)\u0654")
N_FOLDS: Final = 6
FOLD_LINES: Final = 50  # neighbouring sentences stay in one fold
MAX_WEIGHT: Final = 20  # a frequent word counts no more
FREQUENT: Final = 0.001  # share of the parts of words
MAX_LETTERS: Final = 32  # of a word whose half-spaces are kept, a bit for each letter
PLURAL_FLAGS: Final = frozenset({"sd", "sg"})  # of Lilak: words that take ها, after a blank or joined
ADJECTIVE_FLAGS: Final = frozenset({"st", "su"})  # words that take تر
MIN_COUNT: Final = 3
MIN_WEIGHT: Final = 0.02  # less makes no difference
# Chosen on every eighth stretch of the training sentences, held out from all training: the middle of a plateau of F1
# on which under one correct sentence in a hundred changes.
MARGINS: Final = Margins(split=(1.25, 3.25), split_in_glued=(-0.5, 0.0), join=(0.5, 3.25), join_in_spaced=(-0.5, 0.0))


@dataclass(frozen=True, slots=True)
class Listed:
    """What a dictionary writes: pairs with a half-space between them, words without one, and nouns with a plural."""

    pairs: frozenset[str]
    words: frozenset[str]
    nouns: frozenset[str]


NOTHING_LISTED: Final = Listed(frozenset(), frozenset(), frozenset())


def train_halfspace(
    sentences: Sequence[str], web: dict[str, int], listed: Listed, info: dict[str, Any], output: Path
) -> str:
    """Train and write the model; return a line that says what came of it."""
    lines = clean_lines(sentences)
    splits: tuple[list[Any], list[bool], list[float]] = ([], [], [])
    joins: tuple[list[Any], list[bool]] = ([], [])
    readings: tuple[list[Any], list[bool]] = ([], [])
    for fold in range(N_FOLDS):
        others = [line for at, line in enumerate(lines) if at // FOLD_LINES % N_FOLDS != fold]
        lexicon = build_lexicon(others, web, listed)
        held_out = [line for at, line in enumerate(lines) if at // FOLD_LINES % N_FOLDS == fold]
        for features, target, weight in iter_split_examples(held_out, lexicon):
            splits[0].append(features)
            splits[1].append(target)
            splits[2].append(weight)
        for features, target in iter_join_examples(held_out, lexicon):
            joins[0].append(features)
            joins[1].append(target)
        for features, target in iter_reading_examples(held_out, lexicon):
            readings[0].append(features)
            readings[1].append(target)
    join_weights, reading_weights = _fit(*joins), _fit(*readings)
    weights = Weights(
        split=_fit(*splits),
        join=_choose(join_weights, is_context=False),
        reading=_choose(reading_weights, is_context=False),
        join_contexts=_choose(join_weights, is_context=True),
        reading_contexts=_choose(reading_weights, is_context=True),
    )
    lexicon = build_lexicon(lines, web, listed)
    grammar = load_grammar()
    # Only pairs about which a question can arise.
    apart = {}
    for pair, count in lexicon.apart.items():
        left, right = pair.split(" ")
        is_prefixed = left in grammar.verb_prefixes or left in grammar.prefixes
        if pair in lexicon.joined or pair in lexicon.listed or right in grammar.endings or (is_prefixed and count > 1):
            apart[pair] = count
    arrays = {
        **_pack("words", lexicon.words),
        **_pack("spellings", lexicon.spellings),
        "spellings_places": np.array(list(lexicon.places.values()), dtype=np.uint32),
        **_pack("joined", lexicon.joined),
        **_pack("apart", apart),
        **_pack("web", lexicon.web),
        **_pack("firsts", lexicon.firsts),
        **_pack("seconds", lexicon.seconds),
        **_pack("listed_firsts", lexicon.listed_firsts),
        **_pack("listed_seconds", lexicon.listed_seconds),
        "listed": pack_lines(sorted(lexicon.listed)),
        "frequent": pack_lines(sorted(lexicon.frequent)),
        "listed_words": pack_lines(sorted(lexicon.listed_words)),
        "listed_nouns": pack_lines(sorted(lexicon.listed_nouns)),
    }
    for name, table in asdict(weights).items():
        arrays[f"{name}_features"] = pack_lines(table)
        arrays[f"{name}_weights"] = np.array(list(table.values()))
    write_arrays(output, LEXICON_FORMAT, {**info, "margins": asdict(MARGINS)}, arrays, packed=False)
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


def count_parts(pairs: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """Count how many different pairs a part begins and how many it ends."""
    parts = [pair.split(" ") for pair in pairs]
    return Counter(left for left, _ in parts), Counter(right for _, right in parts)


def read_listed(path: Path) -> Listed:
    """Read the word list of a Hunspell dictionary; inflected words tell nothing that the grammar does not."""
    normalizer = Normalizer("fa", halfspace=False, elongation=False)
    grammar = load_grammar()
    pairs: set[str] = set()
    words: set[str] = set()
    nouns: set[str] = set()
    for line in path.read_text(encoding="utf-8").split("\n")[1:]:
        entry, _, flags = line.partition("/")
        word = MARK_RE.sub("", normalizer.normalize(entry)).strip(ZWNJ)
        if not PERSIAN_RE.fullmatch(word):
            continue
        parts = word.split(ZWNJ)
        if len(parts) == 1:
            words.add(word)
            classes = set(re.findall("..", flags.strip()))
            if classes & PLURAL_FLAGS and not classes & ADJECTIVE_FLAGS:
                nouns.add(word)
        pairs.update(
            f"{left} {right}" for left, right in pairwise(parts) if left and right and grammar.is_compound(left, right)
        )
    firsts, seconds = count_parts(pairs)
    begins = firsts.keys() | grammar.prefixes
    ends = seconds.keys() | grammar.endings.keys()
    # Only words that could be taken for a compound: the list is evidence, no part of the model.
    kept = {word for word in words if any(word[:at] in begins and word[at:] in ends for at in range(2, len(word) - 1))}
    # Of the nouns only those beside which another word may be meant: «زمین» beside «زمینه».
    with_another = {noun for noun in nouns if noun + HEH in words}
    return Listed(frozenset(pairs), frozenset(kept), frozenset(with_another))


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


def iter_ezafes(line: str) -> Iterator[str]:
    """Yield the words with the ezafe after heh in its other spelling: «صفحهٔ» as «صفحه‌ی»."""
    for match in EZAFE_RE.finditer(line):
        yield match[1].strip(ZWNJ) + ZWNJ + FARSI_YEH


def build_lexicon(lines: Sequence[str], web: dict[str, int], listed: Listed) -> Lexicon:
    """Count words, spellings and pairs."""
    words: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    joined: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    for line in lines:
        for match in WORD_RE.finditer(line):
            word = match[0].strip(ZWNJ)
            if ZWNJ in word:
                spellings.setdefault(word.replace(ZWNJ, ""), Counter())[word] += 1
            elif word:
                words[word] += 1
        for spelling in iter_ezafes(line):
            spellings.setdefault(spelling.replace(ZWNJ, ""), Counter())[spelling] += 1
            joined[" ".join(spelling.split(ZWNJ)[-2:])] += 1
        previous = ""
        for part, before in _iter_parts(line):
            if before == ZWNJ:
                joined[f"{previous} {part}"] += 1
            elif before == " ":
                apart[f"{previous} {part}"] += 1
            previous = part
            parts[part] += 1
    usual = {
        letters: max(counts.items(), key=lambda item: (item[1], item[0]))
        for letters, counts in sorted(spellings.items())
        if len(letters) < MAX_LETTERS
    }
    firsts, seconds = count_parts(sorted(joined))
    listed_firsts, listed_seconds = count_parts(sorted(listed.pairs))
    return Lexicon(
        words=dict(sorted(words.items())),
        spellings={letters: count for letters, (_, count) in usual.items()},
        places={letters: find_places(spelling) for letters, (spelling, _) in usual.items()},
        joined=dict(sorted(joined.items())),
        apart=dict(sorted(apart.items())),
        firsts=firsts,
        seconds=seconds,
        web=web,
        listed=listed.pairs,
        listed_words=listed.words,
        listed_nouns=listed.nouns,
        listed_firsts=listed_firsts,
        listed_seconds=listed_seconds,
        frequent=frozenset(part for part, count in parts.items() if count > FREQUENT * parts.total()),
    )


def iter_split_examples(lines: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[dict[str, float], bool, float]]:
    """Yield features, truth and weight of each place in a word type where a half-space might stand."""
    reader = HalfspaceFeatures(lexicon, load_grammar())
    counts = Counter(match[0].strip(ZWNJ) for line in lines for match in WORD_RE.finditer(line))
    counts.update(spelling for line in lines for spelling in iter_ezafes(line))
    for spelling, count in sorted(counts.items()):
        word = spelling.replace(ZWNJ, "")
        truth = find_places(spelling)
        word = reader.strip_ending(word)
        for at in range(1, len(word)):
            features = reader.split(word, at)
            if features is not None:
                yield features, bool(truth >> at & 1), float(min(count, MAX_WEIGHT))


def iter_join_examples(lines: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield features and truth of each pair of neighbours that might belong together.

    An ending that takes no half-space («کارها») belongs to its word too.
    """
    reader = HalfspaceFeatures(lexicon, load_grammar())
    for line in lines:
        parts = [("", ""), *_iter_parts(line), ("", "")]
        contexts = [reader.context(part) for part, _ in parts]
        for at in range(1, len(parts) - 1):
            part, between = parts[at]
            before = contexts[at - 1] if between else ""
            after = contexts[at + 1] if parts[at + 1][1] else ""
            if between:
                left, between_before = parts[at - 1]
                earlier = contexts[at - 2] if between_before else ""
                features = _join_features(left, part, earlier, after, reader)
                if features is not None:
                    yield features, between == ZWNJ
            stem = reader.strip_ending(part)
            if stem != part:
                features = _join_features(stem, part.removeprefix(stem), before, after, reader)
                if features is not None:
                    yield features, True


def _join_features(
    left: str, right: str, before: str, after: str, reader: HalfspaceFeatures
) -> dict[str, float] | None:
    features = reader.join(left, right)
    return features and features | context_features(reader.join_name(left, right), before, after)


def iter_reading_examples(lines: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield features and truth of each word that, written together, could be read as two."""
    grammar = load_grammar()
    reader = HalfspaceFeatures(lexicon, grammar)
    for line in lines:
        words = [(match[0].strip(ZWNJ), match.start(), match.end()) for match in WORD_RE.finditer(line)]
        for (left, _, left_end), (word, start, end), (right, right_start, _) in zip(
            [("", -1, -1), *words], words, [*words[1:], ("", -1, -1)], strict=False
        ):
            letters = word.replace(ZWNJ, "")
            features = reader.reading(letters)
            stem = letters.removesuffix(PLURAL)
            indefinite = f"{stem}{HEH}{ZWNJ}{INDEFINITE}"
            if features is None or word not in (stem + PLURAL, stem + ZWNJ + PLURAL, indefinite):
                continue
            before = left.split(ZWNJ)[-1] if line[left_end:start] == " " else ""
            after = right.split(ZWNJ)[0] if line[end:right_start] == " " else ""
            name = reading_name(stem, grammar)
            # A frequent word counts as itself and as any word: of most there are but few examples.
            contexts = context_features(name, reader.context(before), reader.context(after))
            contexts |= context_features(name, reader.context_class(before), reader.context_class(after))
            yield features | contexts, word == indefinite


def _fit(bags: list[dict[str, float]], targets: list[bool], weights: list[float] | None = None) -> dict[str, float]:
    if len(set(targets)) < 2:
        return {INTERCEPT: 0.0}  # nothing to learn
    names, coefficients, intercepts, _ = fit_logistic(bags, targets, min_count=MIN_COUNT, C=1.0, sample_weight=weights)
    result = {name: round(float(value), 3) for name, value in zip(names, coefficients[:, 0], strict=True)}
    result = {name: value for name, value in result.items() if abs(value) >= MIN_WEIGHT}
    result[INTERCEPT] = round(float(intercepts[0]), 4)
    return result


def _choose(weights: dict[str, float], *, is_context: bool) -> dict[str, float]:
    return {name: weight for name, weight in weights.items() if ("|" in name) == is_context}


def _pack(name: str, counts: Any) -> dict[str, Any]:
    return {
        name: pack_lines(counts),
        f"{name}_counts": np.array(list(counts.values()), dtype=np.uint32),
    }
