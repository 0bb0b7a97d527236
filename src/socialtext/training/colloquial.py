"""Train the model of colloquial Indonesian: known words, abbreviations, and the scorer of ambiguous forms.

Comes in: informal sentences with their formal twins, from ``stif-train.inf`` and ``stif-train.for`` and from the
package (where the twin is the same, words only look colloquial); the sample articles and passages of the package, in
which words stay; and the word frequencies of the package wordfreq. Goes out: the folder of the model. The table of
forms is no part of it: it is read where it stands.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

import numpy as np

from socialtext.languages.load import load_abbreviations, load_words
from socialtext.models import LEXICON_FORMAT, pack_lines, write_arrays
from socialtext.normalize.colloquial import (
    DROP,
    END,
    KEEP,
    NUMBER,
    START,
    TOKEN,
    ColloquialJudge,
    ColloquialReader,
    load_table,
)
from socialtext.training.linear import fit_logistic

WORD_RE: Final = re.compile("[a-z]{2,}")
TOKEN_RE: Final = re.compile(r"\w+(?:[-'.,/]\w+)*|\S")
LETTERS_RE: Final = re.compile("[A-Za-z]+(?:['-][A-Za-z]+)*")
PLACEHOLDER_RE: Final = re.compile("xxx([a-z]+)xxx")
LONG_RE: Final = re.compile(r"([a-z])\1{2,}")
NUMBERS: Final = frozenset({"number", "phone", "date"})
VOWELS: Final = re.compile("[aeiou]")
MIN_ZIPF: Final = 2.0
MISSPELLED: Final = 10  # a spelling is wrong if another is ten times as frequent, in tenths of the Zipf scale
MIN_CONSONANTS: Final = 3
MIN_ABBREVIATED: Final = 43  # of the word that its consonants stand for, in tenths of the Zipf scale
DOMINANCE: Final = 0.8  # share of that word among all with these consonants
# By cross-validation over the training sentences.
STRENGTH: Final = 1.0
MIN_COUNT: Final = 2
N_FOLDS: Final = 5

Place = tuple[str, str, str, str]  # a word, the one before, the one after, and what became of it
Example = tuple[list[str], bool]


def train_colloquial(
    pairs: Sequence[tuple[str, str]],
    prose: Sequence[str],
    web: Mapping[str, int],
    info: dict[str, Any],
    output: Path,
) -> str:
    """Train and write the model; return a line that says what came of it."""
    known = choose_known(web)
    reader = build_reader(known, {})
    abbreviations = find_abbreviations(known, reader)
    reader = build_reader(known, abbreviations)
    judges = {register: ColloquialJudge(reader, register, {}) for register in ("standard", "formal")}
    folds: list[list[list[Example]]] = [
        list(iter_examples(pairs[fold::N_FOLDS], prose[fold::N_FOLDS], judges)) for fold in range(N_FOLDS)
    ]
    right = total = 0
    for fold in range(N_FOLDS):
        weights = fit([group for other in range(N_FOLDS) if other != fold for group in folds[other]])
        for group in folds[fold]:
            right += max(group, key=lambda example: sum(weights.get(name, 0.0) for name in example[0]))[1]
            total += 1
    weights = fit([group for groups in folds for group in groups])
    arrays = {
        "known": pack_lines(known),
        "known_counts": np.array(list(known.values()), dtype=np.uint8),
        "abbreviations": pack_lines(abbreviations),
        "abbreviated": pack_lines(abbreviations.values()),
    }
    accuracy = round(right / max(total, 1), 4)
    write_arrays(
        output, LEXICON_FORMAT, {**info, "cross_validation": {"choices": accuracy}, "weights": weights}, arrays
    )
    return (
        f"colloquial: {total} choices, {accuracy} right, {len(known)} known words, {len(abbreviations)} abbreviations"
    )


def build_reader(known: Mapping[str, int], abbreviations: Mapping[str, str]) -> ColloquialReader:
    """Return the reader with the tables of the package."""
    return ColloquialReader(load_table(), load_words("id"), known, abbreviations)


def read_web_frequencies() -> dict[str, int]:
    """Return ten times the Zipf frequency of the Indonesian words of wordfreq."""
    import wordfreq

    frequencies = {
        word: round(10 * wordfreq.freq_to_zipf(frequency))
        for word, frequency in wordfreq.get_frequency_dict("id").items()
        if WORD_RE.fullmatch(word)
    }
    return {word: zipf for word, zipf in sorted(frequencies.items()) if zipf >= 10 * MIN_ZIPF}


def choose_known(web: Mapping[str, int]) -> dict[str, int]:
    """Return the words of the web but those that a rule reads as a colloquial form of a more frequent word."""
    reader = build_reader(web, {})
    known = {}
    for word, zipf in web.items():
        reading = reader.derive(word)
        if reading is not None:
            least = zipf if reading.standard == word or " " in reading.standard else zipf + MISSPELLED
            if all(web.get(part, 0) >= least for part in reading.formal[0].split(" ")):
                continue
        known[word] = zipf
    return known


def find_abbreviations(known: Mapping[str, int], reader: ColloquialReader) -> dict[str, str]:
    """Return the word that each row of consonants stands for, where one word is by far the likeliest."""
    words: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for word, zipf in known.items():
        consonants = word[0] + VOWELS.sub("", word[1:])
        if not VOWELS.search(consonants) and MIN_CONSONANTS <= len(consonants) < len(word):
            words[consonants][word] = 10 ** (zipf / 10)
    taken = {row.form for row in load_abbreviations("id")}
    result = {}
    for consonants, frequencies in sorted(words.items()):
        word, frequency = max(frequencies.items(), key=lambda item: (item[1], item[0]))
        if (
            known[word] >= MIN_ABBREVIATED
            and frequency >= DOMINANCE * sum(frequencies.values())
            and consonants not in known
            and consonants not in taken
            and reader.read(consonants) is None
            and reader.read(word) is None
        ):
            result[consonants] = word
    return result


def iter_examples(
    pairs: Iterable[tuple[str, str]], prose: Iterable[str], judges: Mapping[str, ColloquialJudge]
) -> Iterator[list[Example]]:
    """Yield the choices at each place where there are several, with their features and whether they are right."""
    # What was never seen to change stays.
    for word in sorted(judges["formal"].ambiguous):
        yield from compare_choices((word, "", "", word), judges)
    for informal, formal in pairs:
        source, target = TOKEN_RE.findall(informal), TOKEN_RE.findall(formal)
        for tokens in (source, target):
            for place in iter_places(tokens, target, judges["formal"]):
                yield from compare_choices(place, judges)
    # Good prose need not be formal.
    for text in prose:
        for line in text.split("\n"):
            tokens = TOKEN_RE.findall(line)
            for place in iter_places(tokens, tokens, judges["formal"]):
                yield from compare_choices(place, {"standard": judges["standard"]})


def compare_choices(place: Place, judges: Mapping[str, ColloquialJudge]) -> Iterator[list[Example]]:
    """Yield one group of examples for each register in which the neighbours decide."""
    word, before, after, truth = place
    for register, judge in judges.items():
        choices = judge.choices(word)
        if choices is None or len(choices) < 2:
            continue
        if truth == word:
            right = KEEP
        elif register == "standard":
            right = choices[0]
        else:
            right = truth or DROP
        if right in choices:
            yield [(judge.name_evidence(word, choice, before, after), choice == right) for choice in choices]


def iter_places(source: Sequence[str], target: Sequence[str], judge: ColloquialJudge) -> Iterator[Place]:
    """Yield each word with its neighbours and the target words that it became, empty where it was dropped."""
    words = [LONG_RE.sub(r"\1", token.lower()) for token in source]
    targets = [token.lower() for token in target]
    expected = [word if word in targets else judge.key(word, last=False) for word in words]
    matcher = SequenceMatcher(None, expected, targets, autojunk=False)
    for tag, start, end, target_start, target_end in matcher.get_opcodes():
        for at in range(start, end):
            if not LETTERS_RE.fullmatch(words[at]) or PLACEHOLDER_RE.fullmatch(words[at]):
                continue
            block = targets[target_start:target_end]
            if tag == "equal" or end - start == len(block):
                truth = block[at - start]
            else:
                choices = judge.choices(words[at]) or ()
                found = [choice for choice in (words[at], *choices) if choice in block]
                truth = found[0] if found else ""
            yield words[at], name_before(words, at, judge.particles), name_after(words, at, judge.particles), truth


def name_before(words: Sequence[str], at: int, particles: frozenset[str]) -> str:
    """Return the neighbour before, as the native loop names it."""
    at -= 1
    while at >= 0 and words[at] in particles:
        at -= 1
    return START if at < 0 else name_neighbour(words[at])


def name_after(words: Sequence[str], at: int, particles: frozenset[str]) -> str:
    """Return the neighbour after, as the native loop names it."""
    at += 1
    while at < len(words) and words[at] in particles:
        at += 1
    return END if at == len(words) else name_neighbour(words[at])


def name_neighbour(token: str) -> str:
    """Return a word or a mark as it is, and what stands for any other token."""
    match = PLACEHOLDER_RE.fullmatch(token)
    if match is not None:
        return NUMBER if match[1] in NUMBERS else TOKEN
    if LETTERS_RE.fullmatch(token) or (len(token) == 1 and not token.isalnum()):
        return token
    return NUMBER if token[0].isdecimal() else TOKEN


def fit(groups: Sequence[Sequence[Example]]) -> dict[str, float]:
    """Fit the scorer: each choice by itself against right or wrong."""
    examples = [example for group in groups for example in group]
    bags = [dict(Counter(names)) for names, _ in examples]
    targets = [right for _, right in examples]
    names, weights, _, _ = fit_logistic(bags, targets, min_count=MIN_COUNT, C=STRENGTH)
    return {
        name: round(float(value), 3) for name, value in zip(names, weights[:, 0], strict=True) if abs(value) >= 0.01
    }
