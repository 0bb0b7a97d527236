"""indonlp: Indonesian preprocessing; lengthened words, then slang."""

from collections.abc import Callable

DISTRIBUTION = "indonlp"


def prepare() -> dict[str, Callable[[str], str]]:
    """Return the pipeline of its own example, in the order that finds slang in lengthened words."""
    from indoNLP.preprocessing import pipeline, replace_slang, replace_word_elongation

    return {"default": pipeline([replace_word_elongation, replace_slang])}
