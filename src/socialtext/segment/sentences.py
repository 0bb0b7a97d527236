"""Sentences of a line, in raw offsets: the tables of a language put into the native splitter.

Comes in: a language. Goes out: a splitter, whose spans leave out only the space between the sentences. Its rules
stand in ``_sentences.pyx``, its words in ``languages/*/abbreviations.tsv`` and ``designations.tsv``.

Examples
--------
>>> raw = "Prof. Budi datang.Ia duduk."
>>> [raw[start:end] for start, end in load_splitter("id").split(raw, 0, len(raw))]
['Prof. Budi datang.', 'Ia duduk.']
"""

from functools import cache

from socialtext.languages.load import load_abbreviations, load_designations
from socialtext.segment._sentences import Splitter

# Second parts of names with a stop in them, lower-case; written with a capital they look like a new sentence.
NAME_SUFFIXES = frozenset({"ai", "app", "co", "com", "id", "ir", "io", "js", "net", "org"})

# With these a sentence goes on after a shortened unit or title: «150 ج.م. في القاهرة».
CONTINUATIONS = frozenset(
    [
        *["في", "إلى", "الى", "من", "على", "عن", "أو", "حتى", "لكل", "لدى", "فقط", "شهريا", "شهريًا", "سنويا", "سنويًا"],
        *["در", "از", "به", "تا", "یا", "برای", "با", "است"],
    ]
)


@cache
def load_splitter(lang: str) -> Splitter:
    """Return the sentence splitter of a language."""
    abbreviations = {row.form.lower(): row.ends for row in load_abbreviations(lang)}
    return Splitter(abbreviations, load_designations(lang), NAME_SUFFIXES, CONTINUATIONS)
