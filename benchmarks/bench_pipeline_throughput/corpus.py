"""A corpus of any size from the sample articles, with the noise of crawled pages; the same bytes each time."""

import json
import random
from importlib.resources import files
from pathlib import Path

SEED = 8
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
# Most pages are short, a few are very long: mean about 1 kB of text.
MEAN_LOG_CHARACTERS, SPREAD_LOG_CHARACTERS = 5.9, 0.8


def write_corpus(path: Path, n_documents: int) -> int:
    """Write documents as JSON Lines; return the size in bytes."""
    chance = random.Random(SEED)
    folder = files("socialtext") / "corpora" / "articles"
    articles = [
        [line for line in article.read_text(encoding="utf-8").split("\n") if line]
        for article in sorted(folder.iterdir(), key=lambda item: item.name)
    ]
    with path.open("w", encoding="utf-8") as file:
        for number in range(n_documents):
            text = make_text(articles, chance)
            file.write(json.dumps({"id": f"d{number}", "text": text}, ensure_ascii=False) + "\n")
    return path.stat().st_size


def make_text(articles: list[list[str]], chance: random.Random) -> str:
    """Return lines of one article from a chance place on, with noise."""
    lines = chance.choice(articles)
    n_characters = chance.lognormvariate(MEAN_LOG_CHARACTERS, SPREAD_LOG_CHARACTERS)
    at = chance.randrange(len(lines))
    chosen: list[str] = []
    while n_characters > 0:
        line = add_noise(lines[at % len(lines)], chance)
        chosen.append(line)
        n_characters -= len(line)
        at += 1
    return "\n".join(chosen)


def add_noise(line: str, chance: random.Random) -> str:
    """Return a line as crawlers deliver it: half-spaces gone, stray spaces, a word that makes each line its own."""
    if ZWNJ in line and chance.random() < 0.5:
        line = line.replace(ZWNJ, chance.choice(("", " ")))
    if chance.random() < 0.3:
        line = line.replace("،", " ،").replace(",", " ,")
    words = line.split(" ")
    words.insert(chance.randrange(len(words) + 1), str(chance.randrange(10_000)))
    if chance.random() < 0.1:
        words.insert(chance.randrange(len(words) + 1), "")
    return " ".join(words)
