"""The steps of the normalizer: their order, what each does, and which profile has which.

This is the one list; options, explanations and documentation follow it. A step is a set of character rows (from
``languages/``), a context rule of the kernel, or both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from socialtext.errors import OptionError
from socialtext.languages.load import load_characters, load_designations, load_doubles, load_joining
from socialtext.normalize._kernel import Kernel, iter_case_folds
from socialtext.normalize.elongation import find_surplus

STEPS: Final[Mapping[str, str]] = {
    "unicode": "canonical composition; presentation forms, ligatures and full-width forms to their letters",
    "invisibles": "byte order marks, soft hyphens, zero-width spaces, bidirectional marks and control codes removed",
    "spaces": "every kind of space to U+0020, runs to one, none at line edges; line breaks to U+000A, at most two",
    "letters": "letters of the neighbouring keyboard layout to those of the language",
    "tatweel": "tatweel removed, except a dash of tatweels that touches no letter",
    "diacritics": "vowel signs removed (Persian: short vowels; Arabic: off by default, all)",
    "digits": "digits to those of the language: local, ascii or keep",
    "numbers": "decimal, thousands and percent signs follow the digits; percent closed up",
    "quotes": "quotation marks of the language: Persian guillemets, Indonesian straight marks",
    "punctuation": "spaces around punctuation and inside brackets; Arabic comma, semicolon and question mark; "
    "three stops to an ellipsis, repeated marks to one",
    "elongation": "three or more of one letter to one, or to two where that is a known word",
    "halfspace": "Persian half-spaces (U+200C) restored where they were dropped or written as blanks, and tidied",
    "colloquial": "Indonesian: colloquial forms to their standard or formal spelling, as the register says",
    "fold": "spellings that are confused made one: hamza and alef forms, final yeh and heh; half-spaces removed",
    "casefold": "full Unicode case folding",
}
PROFILES: Final[tuple[str, ...]] = ("standard", "formal", "search", "minimal")
DIGITS: Final[tuple[str, ...]] = ("local", "ascii", "keep")
REGISTERS: Final[tuple[str, ...]] = ("keep", "standard", "formal")

_STANDARD: Final[Mapping[str, frozenset[str]]] = {
    "ar": frozenset(
        {"unicode", "invisibles", "spaces", "letters", "tatweel", "digits", "numbers", "punctuation", "elongation"}
    ),
    "fa": frozenset(STEPS) - {"colloquial", "fold", "casefold"},
    "id": frozenset({"unicode", "invisibles", "spaces", "quotes", "punctuation", "elongation", "colloquial"}),
}
_SEARCH: Final[frozenset[str]] = frozenset(
    {"unicode", "invisibles", "spaces", "letters", "tatweel", "digits", "elongation", "fold", "casefold"}
)
_MINIMAL: Final[frozenset[str]] = frozenset({"unicode", "invisibles", "spaces"})

# Separators of numbers follow the local digits.
_LOCAL_DIGITS: Final[Mapping[str, str]] = {"ar": "arabic-indic", "fa": "persian", "id": ""}


def check_profile(profile: str) -> str:
    """Return the profile, or raise `OptionError` ST102 where there is none of that name."""
    if profile not in PROFILES:
        raise OptionError("ST102", f"profile {profile!r} is not known: choose one of {', '.join(PROFILES)}")
    return profile


def profile_steps(lang: str, profile: str) -> frozenset[str]:
    """Names of the steps that a profile switches on for a language."""
    if profile == "minimal":
        return _MINIMAL
    if profile == "search":
        return _SEARCH
    return _STANDARD[lang]


def profile_digits(profile: str) -> str:
    """Digit system that a profile writes."""
    return "ascii" if profile == "search" else "local"


def profile_register(profile: str) -> str:
    """Register in which a profile writes Indonesian where its step is on."""
    return "formal" if profile == "formal" else "standard"


@dataclass(frozen=True, slots=True)
class Plan:
    """All that determines what a normalizer does; equal plans share one kernel."""

    lang: str
    steps: frozenset[str]
    digits: str
    protect: bool
    register: str


@cache
def build_kernel(plan: Plan) -> Kernel:
    """Compile the tables and switches of a plan, once a process."""
    mapping: dict[int, tuple[int, ...]] = {}
    if "casefold" in plan.steps:
        mapping.update(iter_case_folds())
    row_steps = plan.steps - {"digits"}
    if plan.digits == "ascii" and "digits" in plan.steps:
        row_steps |= {"digits_ascii"}
    if plan.digits == "local" and "digits" in plan.steps:
        row_steps |= {"digits"}
    # A row of the language goes before a common one.
    for lang in ("common", plan.lang):
        for row in load_characters(lang):
            if row.step in row_steps:
                mapping[row.code] = row.target
    switches = plan.steps & {"spaces", "punctuation", "numbers", "halfspace"}
    if "unicode" in plan.steps:
        switches |= {"compose"}
    if plan.protect:
        switches |= {"protect"}
    if "quotes" in plan.steps and plan.lang == "fa":
        switches |= {"quotes"}
    if "punctuation" in plan.steps and plan.lang != "id":
        switches |= {"arabic_punctuation"}
    local_digits = _LOCAL_DIGITS[plan.lang] if plan.digits == "local" and "digits" in plan.steps else ""
    closed = {code: target for code, target in _close(mapping).items() if target != (code,)}
    # The total law: what cannot be encoded becomes U+FFFD, whatever is switched off.
    closed.update(dict.fromkeys(range(0xD800, 0xE000), (0xFFFD,)))
    designations = load_designations(plan.lang) if local_digits else frozenset()
    rules = (closed, load_joining(), frozenset(switches), local_digits, designations)
    kernel = Kernel(*rules)
    if "elongation" not in plan.steps:
        return kernel
    # The words are looked up in the text as this plan leaves it.
    known = frozenset(kernel.normalize(word) for word in load_doubles("common") | load_doubles(plan.lang))
    return Kernel(*rules, partial(find_surplus, known=known))


def _close(mapping: Mapping[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """Follow each target until no row changes it further."""

    def follow(code: int, seen: tuple[int, ...]) -> tuple[int, ...]:
        if code not in mapping or code in seen:
            return (code,)
        return tuple(end for part in mapping[code] for end in follow(part, (*seen, code)))

    return {code: follow(code, ()) for code in mapping}
