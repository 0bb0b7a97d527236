"""Write the C header with the class of every code point, at build time.

Comes in: nothing but the ``unicodedata`` of the building interpreter, so that the kernel and the interpreter it
runs in agree on one Unicode version. Goes out: ``unicode_classes.h``, a two-stage table (pages of 256 code points)
of class bytes, and the full case foldings. It knows no language; the rules of languages are in ``languages/``.
"""

import re
import sys
import unicodedata
from pathlib import Path

N_CODE_POINTS = 0x110000

# The numbers are repeated in _kernel.pyx (enum CharacterClass); a test compares them.
CLASSES = {
    "OTHER": 0,
    "ARABIC": 1,
    "LATIN_LOWER": 2,
    "LATIN_UPPER": 3,
    "LETTER": 4,
    "DIGIT": 5,
    "MARK": 6,
    "SPACE": 7,
    "NEWLINE": 8,
    "RETURN": 9,
    "OPENER": 10,
    "CLOSER": 11,
    "PUNCTUATION": 12,
    "JOINER": 13,
    "TATWEEL": 14,
    "PICTOGRAPH": 15,
}
NFC_SUSPECT = 0x80

# Not a character property of ``unicodedata``: blocks that hold (nearly) all of Extended_Pictographic, with the
# skin tones and variation selectors that stand between two of them in a ZWJ sequence.
PICTOGRAPH_RE = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
NUMBER_DIGITS = {*range(0x30, 0x3A), *range(0x660, 0x66A), *range(0x6F0, 0x6FA)}


def find_composition_seconds() -> set[int]:
    """Code points that may combine with the one before them under NFC (NFC_Quick_Check=Maybe)."""
    seconds = {
        *range(0x1161, 0x1176),
        *range(0x11A8, 0x11C3),
    }  # Hangul vowels and finals compose by arithmetic
    for code in range(N_CODE_POINTS):
        decomposition = unicodedata.decomposition(chr(code))
        if decomposition and not decomposition.startswith("<"):
            parts = [int(part, 16) for part in decomposition.split()]
            if len(parts) == 2 and unicodedata.normalize("NFC", chr(parts[0]) + chr(parts[1])) == chr(code):
                seconds.add(parts[1])
    return seconds


def classify(code: int, category: str) -> int:
    """Class number of one code point."""
    character = chr(code)
    if code in (0x0A, 0x0B, 0x0C, 0x85, 0x2028, 0x2029):
        return CLASSES["NEWLINE"]
    if code == 0x0D:
        return CLASSES["RETURN"]
    if code == 0x09 or category == "Zs":
        return CLASSES["SPACE"]
    if code in (0x200C, 0x200D):
        return CLASSES["JOINER"]
    if code == 0x0640:
        return CLASSES["TATWEEL"]
    if PICTOGRAPH_RE.match(character):
        return CLASSES["PICTOGRAPH"]
    if category[0] == "M":
        return CLASSES["MARK"]
    if category[0] == "L":
        name = unicodedata.name(character, "")
        if name.startswith("ARABIC"):
            return CLASSES["ARABIC"]
        if name.startswith("LATIN"):
            return CLASSES["LATIN_UPPER" if category in ("Lu", "Lt") else "LATIN_LOWER"]
        return CLASSES["LETTER"]
    if code in NUMBER_DIGITS:
        return CLASSES["DIGIT"]
    if category in ("Ps", "Pi"):
        return CLASSES["OPENER"]
    if category in ("Pe", "Pf"):
        return CLASSES["CLOSER"]
    if category[0] == "P":
        return CLASSES["PUNCTUATION"]
    return CLASSES["OTHER"]


def write_header(target: Path) -> None:
    """Write the header; identical pages are stored once."""
    seconds = find_composition_seconds()
    pages: dict[bytes, int] = {}
    page_of = []
    folds = []
    for page in range(N_CODE_POINTS >> 8):
        values = bytearray()
        for code in range(page << 8, (page + 1) << 8):
            character = chr(code)
            category = unicodedata.category(character)
            value = classify(code, category)
            if not 0xD800 <= code <= 0xDFFF:
                if (
                    code in seconds
                    or unicodedata.combining(character)
                    or not unicodedata.is_normalized("NFC", character)
                ):
                    value |= NFC_SUSPECT
                if character.casefold() != character:
                    folds.append((code, [ord(c) for c in character.casefold()]))
            values.append(value)
        page_of.append(pages.setdefault(bytes(values), len(pages)))
    lines = [
        f"/* Unicode {unicodedata.unidata_version}; written by generate_unicode_classes.py at build time. */",
        "#include <stdint.h>",
        f'#define UNICODE_VERSION "{unicodedata.unidata_version}"',
        f"#define N_CLASS_PAGES {len(pages)}",
        f"static const uint16_t CLASS_PAGE_OF[{len(page_of)}] = {{{','.join(map(str, page_of))}}};",
        "static const uint8_t CLASS_PAGES[N_CLASS_PAGES][256] = {",
        *(f"{{{','.join(map(str, page))}}}," for page in pages),
        "};",
        f"#define N_CASE_FOLDS {len(folds)}",
        "static const uint32_t CASE_FOLDS[N_CASE_FOLDS][4] = {",  # code point, then up to three of its folding
        *(f"{{{','.join(map(str, [code, *fold, 0, 0][:4]))}}}," for code, fold in folds),
        "};",
    ]
    target.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    write_header(Path(sys.argv[1]))
