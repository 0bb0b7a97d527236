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
N_CHARACTERS: Final = 4000  # more of a document changes the answer no more
N_LETTERS_NEEDED: Final = 3
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
    return [(str(lang), float(score)) for lang, score in _identifier().rank(raw[:N_CHARACTERS])]


def detect_language(raw: str) -> str:
    """Return ``ar``, ``fa`` or ``id``.

    Raises
    ------
    InputError
        ST320 another language, or a text without letters.
    """
    if sum(character.isalpha() for character in raw[:N_CHARACTERS]) < N_LETTERS_NEEDED:
        raise InputError("ST320", "the text has no words to tell its language by: give it with --lang")
    ranked = [lang for lang, _ in rank_languages(raw)]
    lang = ranked[0]
    if lang in NEIGHBOURS and "id" in ranked[:N_RANKS_NEAR] and _speaks_for_indonesian(raw):
        return "id"
    if lang not in LANGUAGES:
        raise InputError(
            "ST320",
            f"detected language {lang!r}, which is none of {', '.join(LANGUAGES)}: leave the document out, "
            "or name its language with --lang",
        )
    return lang


def _speaks_for_indonesian(raw: str) -> bool:
    """Whether no more words speak for a neighbour than for Indonesian."""
    votes = Counter(map(load_neighbours("id").get, re.findall(r"[a-z]+", raw[:N_CHARACTERS].lower())))
    return votes["ms"] <= votes["id"]
