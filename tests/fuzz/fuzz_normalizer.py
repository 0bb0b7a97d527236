"""Fuzz the normalizer: ``python tests/fuzz/fuzz_normalizer.py -max_total_time=600`` (needs atheris).

Each input is one byte that chooses the language and profile, then text. The laws that must hold are those of
``tests/laws``: any text gives a text that encodes, normalizing twice changes nothing, alignment and text agree, and a
column gives what its rows give.
"""

import sys

import atheris
import pyarrow as pa

from socialtext.normalize._kernel import character_class
from socialtext.normalize.normalizer import Normalizer
from socialtext.normalize.steps import PROFILES
from socialtext.types import LANGUAGES

NORMALIZERS = [Normalizer(lang, profile=profile) for lang in LANGUAGES for profile in PROFILES]


@atheris.instrument_func
def show_features(raw: str) -> None:
    """Let the fuzzer see what an input is made of: the kernel is native and tells it nothing."""
    for character in raw:
        kind = character_class(character)
        for number in range(16):
            if kind == number:
                pass


@atheris.instrument_func
def check(data: bytes) -> None:
    """Raise where a law is broken."""
    if not data:
        return
    normalizer = NORMALIZERS[data[0] % len(NORMALIZERS)]
    # Half of the inputs are read as UTF-16, which most bytes are, lone surrogates too.
    is_wide = data[0] & 0x80 and len(data) % 2
    raw = data[1:].decode("utf-16-le", "surrogatepass") if is_wide else data[1:].decode("utf-8", "replace")
    show_features(raw)
    text = normalizer.normalize(raw)
    text.encode()
    if normalizer.normalize(text) != text:
        raise AssertionError(f"not idempotent: {normalizer!r} {raw!r}")
    aligned = normalizer.align(raw)
    if aligned.text != text or (text and aligned.raw_span(0, len(text)) != (0, len(raw))):
        raise AssertionError(f"not aligned: {normalizer!r} {raw!r}")
    rows = [raw.encode("utf-8", "replace").decode()]
    if normalizer.normalize_batch(pa.array(rows)).to_pylist() != [normalizer.normalize(rows[0])]:
        raise AssertionError(f"a column differs: {normalizer!r} {raw!r}")


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
