"""Normalize, segment and classify Arabic, Persian and Indonesian marketing text.

>>> import socialtext as st
>>> st.normalize("في الواقع ، نعم", lang="ar")
'في الواقع، نعم'
"""

from typing import TYPE_CHECKING, Any

from socialtext.errors import SocialtextError
from socialtext.normalize.normalizer import Normalizer, normalize
from socialtext.types import (
    THEMES,
    AdviceUnit,
    Alignment,
    Block,
    Change,
    Classification,
    Document,
    Reason,
    Sentence,
)

if TYPE_CHECKING:
    from socialtext.pipeline import Pipeline, Segmenter, ThemeClassifier

__version__ = "0.1.0"

__all__ = [
    "THEMES",
    "AdviceUnit",
    "Alignment",
    "Block",
    "Change",
    "Classification",
    "Document",
    "Normalizer",
    "Pipeline",
    "Reason",
    "Segmenter",
    "Sentence",
    "SocialtextError",
    "ThemeClassifier",
    "normalize",
]

# These need numpy and the released models: imported when first asked for.
_LATE = frozenset({"Pipeline", "Segmenter", "ThemeClassifier"})


def __getattr__(name: str) -> Any:
    if name in _LATE:
        from socialtext import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module 'socialtext' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
