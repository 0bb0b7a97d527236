"""Which language a document is in, by py3langid among the languages that crawls mix up with ours."""

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Final

from socialtext._language import LanguageScorer
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
# What a text seldom has in the language that it is taken for: many pages write Arabic or Persian with the keyboard of
# the other. Words decide where it stands there, and wherever a text is taken for Pashto.
FOREIGN_SIGNS: Final = {"ar": ("گ", "پ", "چ", "ژ", "ی"), "fa": ("ة", "إ", "أ", "ي", "ك", " ال"), "ps": ("",)}
ARABIC_TO_PERSIAN: Final = str.maketrans("يىكأإ", "ییکاا")


@cache
def load_identifier() -> LanguageScorer:
    """Return what ranks the plausible languages that the model knows."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages([lang for lang in PLAUSIBLE if lang in model.nb_classes])
    return LanguageScorer(model.nb_classes, model.tk_nextmove, model.tk_row, model.tk_output, model.nb_ptc, model.nb_pc)


def rank_languages(sample: str) -> list[str]:
    """Return the plausible languages of what was taken of a text, best first."""
    text = unicodedata.normalize("NFC", sample.lower() if sample.isupper() else sample)
    return load_identifier().rank(text.encode("utf-8", "surrogatepass"))


def take_sample(raw: str) -> str:
    """Return a short document whole, and pieces from all over a long one."""
    if len(raw) <= N_PIECES * PIECE_SIZE:
        return raw
    distance = (len(raw) - PIECE_SIZE) // (N_PIECES - 1)
    return "\n".join(raw[number * distance : number * distance + PIECE_SIZE] for number in range(N_PIECES))


def has_words(raw: str) -> bool:
    """Whether a text has anything to tell its language by."""
    return THREE_LETTERS_RE.search(raw) is not None


def detect_language(raw: str) -> str:
    """Return ``ar``, ``fa`` or ``id``.

    Raises
    ------
    InputError
        ST320 another language, or a text without letters.
    """
    if not has_words(raw):
        raise InputError("ST320", "the text has no words to tell its language by: name its language (lang=… or --lang)")
    sample = take_sample(raw)
    ranked = rank_languages(sample)
    lang = ranked[0]
    if lang in FOREIGN_SIGNS:
        lang = _decide_by_words(sample, lang)
    if lang in NEIGHBOURS and "id" in ranked[:N_RANKS_NEAR] and _speaks_for_indonesian(sample):
        return "id"
    if lang not in LANGUAGES:
        raise InputError(
            "ST320",
            f"detected language {lang!r}, which is none of {', '.join(LANGUAGES)}: leave the document out, "
            "or name its language (lang=… or --lang)",
        )
    return lang


def _decide_by_words(sample: str, lang: str) -> str:
    """Return Arabic, Persian or Pashto: what a text was taken for, if most of its words do not speak for another."""
    if not any(map(sample.__contains__, FOREIGN_SIGNS[lang])):
        return lang
    for arabic, persian in ARABIC_TO_PERSIAN.items():  # a tenth of what `str.translate` takes
        sample = sample.replace(chr(arabic), chr(persian))
    votes = Counter(map(load_neighbours("fa").get, re.findall(r"\w+", sample)))
    return max(FOREIGN_SIGNS, key=lambda other: (votes[other], other == lang))


def _speaks_for_indonesian(sample: str) -> bool:
    """Whether no more words speak for a neighbour than for Indonesian."""
    votes = Counter(map(load_neighbours("id").get, re.findall(r"[a-z]+", sample.lower())))
    return votes["ms"] <= votes["id"]
