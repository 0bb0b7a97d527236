"""The tables of `corpora/DATA_CARD.md`, counted from the corpora; run as a script, it writes them anew."""

import json
import re
from collections import Counter
from pathlib import Path

CORPORA = Path(__file__).parents[2] / "corpora"
CARD = CORPORA / "DATA_CARD.md"
LANGUAGES = ("ar", "fa", "id")
THEMES = ("engagement", "channel_choice", "social_commerce", "data")
N_COMMON = 3


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def count_passages():
    passages = {lang: read(CORPORA / "passages" / f"{lang}.jsonl") for lang in LANGUAGES}
    yield "passages", [len(rows) for rows in passages.values()]
    yield "batches", [len({row["id"].rpartition("-")[0] for row in rows}) for rows in passages.values()]
    for theme in THEMES:
        yield f"main theme `{theme}`", [sum(row["themes"][:1] == [theme] for row in rows) for rows in passages.values()]
    yield "no theme", [sum(not row["themes"] for row in rows) for rows in passages.values()]
    yield "two themes", [sum(len(row["themes"]) == 2 for row in rows) for rows in passages.values()]
    yield "advice", [sum(row["advice"] for row in rows) for rows in passages.values()]
    yield "with the noise of real pages", [sum(row["noise"] for row in rows) for rows in passages.values()]
    yield "words, fewest / median / most", [describe_lengths(rows) for rows in passages.values()]
    yield "different words", [len({word for row in rows for word in split(row)}) for rows in passages.values()]
    openings = [Counter(tuple(row["text"].split()[:2]) for row in rows) for rows in passages.values()]
    name = "openings (first two words) used more than three times"
    yield name, [sum(n > N_COMMON for n in each.values()) for each in openings]
    for style in sorted({row["style"] for rows in passages.values() for row in rows}):
        yield f"style {style}", [sum(row["style"] == style for row in rows) for rows in passages.values()]


def split(row):
    return row["text"].lower().split()


def describe_lengths(rows):
    lengths = sorted(len(split(row)) for row in rows)
    return f"{lengths[0]} / {lengths[len(lengths) // 2]} / {lengths[-1]}"


def count_articles():
    articles = [[row for row in read(CORPORA / "articles.jsonl") if row["lang"] == lang] for lang in LANGUAGES]
    yield "articles", [len(rows) for rows in articles]
    yield "words", [sum(len(split(row)) for row in rows) for rows in articles]
    yield "lines", [sum(len(row["blocks"]) for row in rows) for rows in articles]
    yield "sentences", [sum(len(row["sentences"]) for row in rows) for rows in articles]
    units = [[unit for row in rows for unit in row["units"]] for rows in articles]
    yield "advice units", [len(rows) for rows in units]
    yield "units with a theme", [sum(bool(unit["themes"]) for unit in rows) for rows in units]
    yield "units that are advice", [sum(unit["advice"] for unit in rows) for rows in units]


def write_table(counts):
    head = f"| | {' | '.join(LANGUAGES)} |\n| --- |{' --- |' * len(LANGUAGES)}\n"
    return head + "".join(f"| {name} | {' | '.join(map(str, figures))} |\n" for name, figures in counts)


def write_card(card):
    """Return the card with the tables under its headings counted anew."""
    for heading, counts in (("Passages", count_passages()), ("Articles", count_articles())):
        table = write_table(counts)
        card = re.sub(rf"(?<=\n## {heading}\n\n)(\|.*\n)+", lambda _, table=table: table, card)
    return card


if __name__ == "__main__":
    CARD.write_text(write_card(CARD.read_text(encoding="utf-8")), encoding="utf-8")
