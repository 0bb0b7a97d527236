"""The lines to normalize: those of the sample articles of the package, as crawled, and what is made of them."""

import random

from benchmarks.data import read_articles
from socialtext.types import LANGUAGES

N_BYTES = 4_000_000
SHORT = 20
SIGNS = tuple(chr(code) for code in range(0x64B, 0x653))
SIGN_WEIGHTS = (1, 1, 1, 12, 5, 6, 2, 6)
SHADDA = "\N{ARABIC SHADDA}"


def read_lines(lang: str) -> list[str]:
    """Return the lines of the articles of a language that are not empty."""
    return [line for text in read_articles(lang) for line in text.split("\n") if line.strip()]


def vocalise(lines: list[str]) -> list[str]:
    """Return Arabic lines with a vowel sign on four letters of five, as often as each sign stands in vocalised text."""
    chance = random.Random(0)

    def mark(letter: str) -> str:
        if not "\N{ARABIC LETTER HAMZA}" <= letter <= "\N{ARABIC LETTER YEH}" or chance.random() > 0.8:
            return letter
        sign = chance.choices(SIGNS, SIGN_WEIGHTS)[0]
        return letter + (SHADDA if sign != SHADDA and chance.random() < 0.08 else "") + sign

    return ["".join(map(mark, line)) for line in lines]


def build_data_sets() -> dict[str, list[str]]:
    """Return the lines by the name of the data set, repeated to about the same size."""
    from socialtext import Normalizer

    sets: dict[str, list[str]] = {}
    for lang in LANGUAGES:
        lines = read_lines(lang)
        sets[f"{lang} web"] = lines
        sets[f"{lang} normalized"] = Normalizer(lang).normalize_batch(lines)
        sets[f"{lang} {SHORT} characters"] = [line[:SHORT] for line in lines if len(line) >= SHORT]
    sets["ar vocalised"] = vocalise(sets["ar web"])
    return {name: repeat(lines) for name, lines in sets.items()}


def repeat(lines: list[str]) -> list[str]:
    """Return the lines as often as it takes to leave the processor's nearest caches."""
    size = sum(len(line.encode()) for line in lines)
    return lines * max(1, round(N_BYTES / size))
