"""hazm: Persian alone; it answers nothing else."""

from collections.abc import Callable

DISTRIBUTION = "hazm"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    from hazm import SentenceTokenizer

    tokenizer = SentenceTokenizer()

    def split(line: str) -> str:
        lang, _, text = line.partition("\t")
        return "\t".join(tokenizer.tokenize(text)) if lang == "fa" else text

    return split
