"""What words mean, in one English word for all three languages.

Comes in: the concept tables of ``languages/``. Goes out: the concept of a folded word. The same English word stands
for the same idea in each language and for all forms of a word, so that what is learned of «مشتری» counts for «زبون»
and «pelanggan» too.
"""

from functools import cache
from importlib.resources import files

from socialtext._concepts import HEADER, ConceptTable


@cache
def load_concepts(lang: str) -> ConceptTable:
    """Read the concepts of a language, once a process. An absent table is an empty table.

    Raises
    ------
    TableError
        ST215 a line of the table is wrong.
    """
    path = files("socialtext") / "languages" / lang / "concepts.tsv"
    table = path.read_text(encoding="utf-8") if path.is_file() else HEADER
    return ConceptTable(table, f"languages/{lang}/concepts.tsv")
