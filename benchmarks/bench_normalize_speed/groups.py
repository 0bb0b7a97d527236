"""Who competes with whom: each group is a data set, taken in one manner, with the ways of the contestants.

The manners: ``calls``, one call a line; ``list``, one call with a list of lines; ``string``, one call with one string.
"""

from dataclasses import dataclass

from benchmarks.bench_normalize_speed.data import SHORT

FLOORS = (
    ("python", "copy bytes"),
    ("python", "decode UTF-8"),
    ("python", "encode UTF-8"),
    ("python", "str.translate"),
    ("python", "NFKC"),
    ("python", "regex sub"),
)
OURS = {
    "ar": ("standard", "formal", "search", "minimal", "five folds"),
    "fa": ("standard, no repairs", "standard", "formal", "search", "minimal"),
    "id": ("standard, no repairs", "standard", "formal", "search", "minimal"),
}
OURS_ALIGNED = {
    "ar": ("standard, align", "search, align"),
    "fa": ("standard, no repairs, align", "standard, align"),
    "id": ("standard, no repairs, align",),
}
PEERS = {
    "ar": (
        ("arabic-norm", "default"),
        ("arabic-norm", "five folds"),
        ("arabic-normalize", "default"),
        ("arabic-normalize", "search"),
        ("camel-tools", "default"),
        ("pyarabic", "default"),
        ("araclean", "default"),
        ("araclean", "search"),
        ("araclean", "default, offsets"),
        ("araclean", "search, offsets"),
        ("ftfy", "default"),
    ),
    "fa": (
        ("hazm", "default"),
        ("shekar", "default"),
        ("rishe", "default"),
        ("virastar", "default"),
        ("ftfy", "default"),
    ),
    "id": (("indonlp", "default"), ("cleaner-id", "default"), ("ftfy", "default")),
}
WITH_LISTS = ("arabic-norm", "arabic-normalize")
CONTESTANTS = ("python", "socialtext", *dict.fromkeys(name for peers in PEERS.values() for name, _ in peers))


@dataclass(frozen=True)
class Group:
    """Ways, pairs of contestant and name, that are given the same lines in the same manner."""

    data: str
    kind: str
    ways: tuple[tuple[str, str], ...]

    @property
    def lang(self) -> str:
        """Language of the lines."""
        return self.data[:2]

    @property
    def name(self) -> str:
        """Name of the group."""
        return f"{self.data}, {self.kind}"


def build_groups() -> list[Group]:
    """Return all groups."""
    return [
        *(build_group(f"{lang} web", kind) for lang in OURS for kind in ("calls", "list", "string")),
        *(build_group("ar vocalised", kind) for kind in ("calls", "list", "string")),
        *(
            Group(data, "calls", (*FLOORS[:2], *ours(lang), *(peer for peer in PEERS[lang] if peer[0] in WITH_LISTS)))
            for lang in OURS
            for data in (f"{lang} normalized", f"{lang} {SHORT} characters")
        ),
    ]


def build_group(data: str, kind: str) -> Group:
    """Return one group; lists are for those who have a function for them."""
    lang = data[:2]
    if kind == "list":
        return Group(data, kind, (*ours(lang), *(peer for peer in PEERS[lang] if peer[0] in WITH_LISTS)))
    return Group(data, kind, (*FLOORS, *ours(lang), *ours_aligned(lang), *PEERS[lang]))


def ours(lang: str) -> list[tuple[str, str]]:
    """Return our ways to normalize a language."""
    return [("socialtext", f"{lang} {way}") for way in OURS[lang]]


def ours_aligned(lang: str) -> list[tuple[str, str]]:
    """Return our ways that keep offsets."""
    return [("socialtext", f"{lang} {way}") for way in OURS_ALIGNED[lang]]
