"""Every row of tests/cases: what must change, what must stay, and what is known to fail."""

import json
from pathlib import Path

import pytest

from socialtext import Normalizer

FOLDER = Path(__file__).parents[2] / "cases"
ROWS = [
    json.loads(line)
    for path in sorted(FOLDER.glob("*/*.jsonl"))
    if path.parent.name not in ("sentences", "blocks")
    for line in path.read_text(encoding="utf-8").split("\n")
    if line
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_case(row):
    normalizer = Normalizer(row["lang"], profile=row.get("profile", "standard"), register=row.get("register"))
    text = normalizer.normalize(row["raw"])
    assert normalizer.normalize(text) == text
    if row["expect"] == "known failure":
        assert text != row["expected"], "mended: the row now says what holds"
    else:
        assert text == row["expected"], row["why"]
        assert (row["expect"] == "stays") == (row["raw"] == row["expected"])


def test_each_language_has_cases_that_change_and_cases_that_stay():
    for lang in ("ar", "fa", "id"):
        expectations = {row["expect"] for row in ROWS if row["lang"] == lang}
        assert expectations >= {"changes", "stays"}
