"""The texts of the benchmarks: ours, which lie in ``corpora/``, and public ones, which ``--data DIR`` names.

Public texts are never stored here. What they are, where they come from and what their sentences hash to stands in
`SOURCES`; they are found by their names anywhere below DIR, as their projects deliver them or as plain lines.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from benchmarks.facts import digest

TEXT_FIELD = "# text = "


@dataclass(frozen=True)
class Source:
    """A public file.

    Attributes
    ----------
    name : str
    project, licence : str
    fetch : str
        Address of the file in its project.
    patterns : tuple of str
        Where it may lie below DIR.
    sha256 : str
        Of its sentences in UTF-8, each with a line feed after it.
    """

    name: str
    project: str
    licence: str
    fetch: str
    patterns: tuple[str, ...]
    sha256: str


def treebank(name: str, project: str, sha256: str) -> Source:
    """Return a file of a treebank of Universal Dependencies, whose sentences are its lines ``# text = …``."""
    fetch = f"https://github.com/UniversalDependencies/{project}/blob/master/{name}.conllu"
    return Source(name, project, "CC BY-SA 4.0", fetch, (f"{name}.conllu", f"{name}.txt"), sha256)


STIF_COMMIT = "e650cec3696346c21cd6125b89491967c54275a2"


def stif(ending: str, sha256: str) -> Source:
    """Return one side of the sentence pairs of STIF-Indonesia."""
    fetch = f"https://github.com/haryoa/stif-indonesia/blob/{STIF_COMMIT}/data/labelled/dev.{ending}"
    patterns = (f"data/labelled/dev.{ending}", f"stif-dev.{ending}")
    return Source(f"stif-dev.{ending}", "STIF-Indonesia", "MIT", fetch, patterns, sha256)


SOURCES = {
    source.name: source
    for source in (
        treebank(
            "fa_perdt-ud-dev", "UD_Persian-PerDT", "581cd0e1033a8c3ac7ca7dfa9ec88d52fc981c9c375d6d1450083cefd3e7d948"
        ),
        treebank(
            "fa_seraji-ud-dev", "UD_Persian-Seraji", "4f3ca69e8800e862de98ba9271ea729820d5d64d84aef1fa1a029fbf2739661a"
        ),
        treebank(
            "id_gsd-ud-dev", "UD_Indonesian-GSD", "08629dec0ce1a32bbcb61d59d7bedff681792980b40ac586ef8e1450b391e0f1"
        ),
        treebank(
            "id_csui-ud-train", "UD_Indonesian-CSUI", "0e0f843638bf5caee4f7b94218c8a337f3cb840aea7318f1fea96b0e214d3afe"
        ),
        stif("inf", "ab0bd74fc3ee09bced538df51230377193f3713040e4faa7a75d35414e2accc6"),
        stif("for", "ceb7ee9b60190afab3e7aefd5421df796de93f2456a4230520b9b288c1e2d93c"),
    )
}


@dataclass
class PublicData:
    """The public files below a folder; remembers what was read and what was not there.

    Attributes
    ----------
    digests : dict of str to str
        SHA-256 of the sentences of each file that was read.
    """

    folder: Path | None
    digests: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> Path | None:
        """Return where a file lies."""
        if self.folder is None:
            return None
        found = (path for pattern in SOURCES[name].patterns for path in sorted(self.folder.rglob(pattern)))
        return next(found, None)

    def missing(self, names: tuple[str, ...]) -> list[str]:
        """Return which of the files are not there."""
        return [name for name in names if self.find(name) is None]

    def read(self, name: str) -> list[str]:
        """Return the sentences of a file that is there."""
        path = self.find(name)
        assert path is not None
        lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        if path.suffix == ".conllu":
            lines = [line.removeprefix(TEXT_FIELD) for line in lines if line.startswith(TEXT_FIELD)]
        self.digests[name] = digest("".join(f"{line}\n" for line in lines).encode())
        return lines

    def others(self) -> list[str]:
        """Return the files whose sentences are not those of the published figures."""
        return [name for name, found in self.digests.items() if found != SOURCES[name].sha256]


def describe_sources(names: list[str]) -> str:
    """Return what to fetch, for files that are not there."""
    lines = [f"  {SOURCES[name].fetch} ({SOURCES[name].licence})" for name in names]
    return "\n".join(["public data that is not there: put these files anywhere into a folder, --data FOLDER", *lines])


@cache
def read_articles(lang: str) -> tuple[str, ...]:
    """Return the sample articles of a language, as crawled."""
    folder = files("socialtext") / "corpora" / "articles"
    paths = sorted((path for path in folder.iterdir() if path.name.startswith(lang)), key=lambda path: path.name)
    return tuple(path.read_text(encoding="utf-8") for path in paths)


@cache
def read_passages(lang: str) -> tuple[str, ...]:
    """Return the labelled passages of a language, without their labels."""
    path = files("socialtext") / "corpora" / "passages" / f"{lang}.jsonl"
    return tuple(json.loads(line)["text"] for line in path.read_text(encoding="utf-8").split("\n") if line)
