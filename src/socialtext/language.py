"""Which language a document is in, by py3langid among the languages that crawls mix up with ours."""

import re
from collections import Counter
from functools import cache
from typing import Any, Final

from socialtext.errors import InputError
from socialtext.languages.load import load_neighbours
from socialtext.types import LANGUAGES

# Near neighbours by script or vocabulary, and what web pages in these regions are otherwise written in.
PLAUSIBLE: Final = (
    "ar", "fa", "id", "ur", "ps", "ug", "ku", "ckb", "ms", "jv", "tl", "en", "fr", "de", "es", "nl", "pt", "it", "tr",
    "az", "ru", "he", "zh", "ja", "ko", "hi", "vi", "th",
)  # fmt: skip
# Of a long document so many pieces of so many characters are read, from its beginning to its end: a page may begin with
# a menu in another language, and more changes the answer no more.
N_PIECES: Final = 5
PIECE_SIZE: Final = 300
THREE_LETTERS_RE: Final = re.compile(r"(?:[^\W\d_][\W\d_]*){3}")
# On short texts the identifier takes Indonesian for these; words decide then.
NEIGHBOURS: Final = frozenset({"ms", "jv", "tl"})
N_RANKS_NEAR: Final = 4


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([lang for lang in PLAUSIBLE if lang in identifier.nb_classes])
    return identifier


def rank_languages(raw: str) -> list[tuple[str, float]]:
    """Return the plausible languages of a text with their probabilities, best first."""
    return [(str(lang), float(score)) for lang, score in _identifier().rank(take_sample(raw))]


def take_sample(raw: str) -> str:
    """Return a short document whole, and pieces from all over a long one."""
    if len(raw) <= N_PIECES * PIECE_SIZE:
        return raw
    distance = (len(raw) - PIECE_SIZE) // (N_PIECES - 1)
    return "\n".join(raw[number * distance : number * distance + PIECE_SIZE] for number in range(N_PIECES))


def detect_language(raw: str) -> str:
    """Return ``ar``, ``fa`` or ``id``.

    Raises
    ------
    InputError
        ST320 another language, or a text without letters.
    """
    if THREE_LETTERS_RE.search(raw) is None:
        raise InputError("ST320", "the text has no words to tell its language by: name its language (lang=… or --lang)")
    ranked = [lang for lang, _ in rank_languages(raw)]
    lang = ranked[0]
    if lang in NEIGHBOURS and "id" in ranked[:N_RANKS_NEAR] and _speaks_for_indonesian(raw):
        return "id"
    if lang not in LANGUAGES:
        raise InputError(
            "ST320",
            f"detected language {lang!r}, which is none of {', '.join(LANGUAGES)}: leave the document out, "
            "or name its language (lang=… or --lang)",
        )
    return lang


def _speaks_for_indonesian(raw: str) -> bool:
    """Whether no more words speak for a neighbour than for Indonesian."""
    votes = Counter(map(load_neighbours("id").get, re.findall(r"[a-z]+", take_sample(raw).lower())))
    return votes["ms"] <= votes["id"]
