"""BLEU, word error rate and harm, on sentences whose tokens are put together again."""

import re
from difflib import SequenceMatcher

PLACEHOLDER_RE = re.compile("xxx([a-z]+)xxx")
NUMBERS = frozenset({"number", "phone", "date"})
WORD_RE = re.compile(r"\w+(?:[-'.,/]\w+)*")
REJOINED = (
    (re.compile(r"\s+([.,!?;:…)\]%])"), r"\1"),
    (re.compile(r"([(\[])\s+"), r"\1"),
    (re.compile(r"(\w) ([-'/]) (?=\w)"), r"\1\2"),
)
QUOTE_RE = re.compile(' ?" ?')


def detokenize(line: str) -> str:
    """Return a line of tokens as text in small letters, a placeholder as one protected word or number."""
    text = PLACEHOLDER_RE.sub(mask, line.strip().lower())
    text = text.replace("’", "'").replace("“", '"').replace("”", '"')
    for pattern, replacement in REJOINED:
        text = pattern.sub(replacement, text)
    parts = QUOTE_RE.split(text)
    # Every other mark opens.
    text = parts[0] + "".join((' "' if at % 2 == 0 else '" ') + part for at, part in enumerate(parts[1:]))
    return re.sub(" +", " ", text).strip()


def mask(match: re.Match[str]) -> str:
    """Return a token that no contestant has reason to change: digits first for what was a number."""
    return ("0" if match[1] in NUMBERS else "x0") + match[1]


def bleu(references: list[str], outputs: list[str]) -> float:
    """Return corpus BLEU as sacrebleu measures it."""
    import sacrebleu

    return float(sacrebleu.corpus_bleu(outputs, [references]).score)


def word_error_rate(references: list[str], outputs: list[str]) -> float:
    """Return the edits from the words and marks of the outputs to those of the references, for each of the latter."""
    edits = n_words = 0
    for reference, output in zip(references, outputs, strict=True):
        right, found = (re.findall(r"\w+(?:[-']\w+)*|[^\w\s]", text) for text in (reference, output))
        edits += edit_distance(right, found)
        n_words += len(right)
    return edits / n_words


def edit_distance(first: list[str], second: list[str]) -> int:
    """Return how many items are put in, taken out or exchanged."""
    row = list(range(len(second) + 1))
    for at, item in enumerate(first, 1):
        diagonal, row[0] = row[0], at
        for column, other in enumerate(second, 1):
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, diagonal + (item != other))
    return row[-1]


def harm(before: list[str], after: list[str]) -> dict[str, object]:
    """Return the share of sentences in which a word is changed, and the changes; capitals are no words."""
    changes = []
    n_changed = 0
    for raw, text in zip(before, after, strict=True):
        words, others = WORD_RE.findall(raw.casefold()), WORD_RE.findall(text.casefold())
        if words == others or ("".join(words) == "".join(others) and raw.count(" ") == text.count(" ")):
            continue
        found = [
            (" ".join(words[i1:i2]), " ".join(others[j1:j2]))
            for tag, i1, i2, j1, j2 in SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
            if tag != "equal"
        ]
        found = [pair for pair in found if straighten(pair[0]) != straighten(pair[1])]
        changes += found
        n_changed += bool(found)
    return {"changed": n_changed / len(before), "changes": changes}


def straighten(text: str) -> str:
    """Return a stretch of text without blanks, marks and typographic apostrophes, in which no word differs."""
    return re.sub(r"\W", "", text)
