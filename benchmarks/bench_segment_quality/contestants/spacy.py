"""spaCy: the rule-based sentencizer."""

from collections.abc import Callable

DISTRIBUTION = "spacy"


def prepare() -> Callable[[str], str]:
    """Return the function from a language and a text, divided by a tab, to its sentences, divided by tabs."""
    import spacy

    pipelines = {lang: spacy.blank(lang) for lang in ("ar", "fa", "id")}
    for nlp in pipelines.values():
        nlp.add_pipe("sentencizer")

    def split(line: str) -> str:
        lang, _, text = line.partition("\t")
        return "\t".join(sentence.text for sentence in pipelines[lang](text).sents)

    return split
