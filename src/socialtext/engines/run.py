"""A run: many shards by one engine, into one file or a folder, to be resumed where it was stopped.

Comes in: sources, a job and a target. Goes out: the rows in the order of the input, and a tally of all. What it knows
of the run it keeps in a folder beside the result (``NAME.run``, or ``_run`` in a folder of shards): a manifest that
says what is done with what, and for each shard that is done its tally and rejects.
"""

import hashlib
import json
import platform
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, Final, Protocol

from socialtext.engines.shard import Job, Shard, Tally, Target, read_tally
from socialtext.errors import InputError, OutputError, RunError
from socialtext.io.cutting import cut_sources
from socialtext.io.files import identify, list_folder, make_folder, reading, remove_files, write_whole
from socialtext.io.writers import RecordWriter, is_folder
from socialtext.models import describe_models, digest_model

MANIFEST: Final = "manifest.json"
SUMMARY: Final = "summary.json"
# Whose version can change a row.
PACKAGES: Final = ("socialtext", "py3langid")


class Engine(Protocol):
    """Does shards, in any order; a context that ends its workers."""

    def run(self, shards: Iterable[Shard]) -> Iterator[tuple[Shard, Tally] | None]:
        """Yield each shard as it is done; None where none is done for a moment."""
        ...

    def count_in_hand(self) -> tuple[int, int, int]:
        """Return records, bytes and rejects of the shards that are in hand, as far as it knows."""
        ...

    def __enter__(self) -> "Engine": ...

    def __exit__(self, *exception: object) -> None: ...


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The files of a run.

    Attributes
    ----------
    output : str
        The result: a file, a folder of shards, or ``-``.
    folder : str
        Where everything else is.
    keeps_shards : bool
        Whether the shards are the result.
    """

    output: str
    folder: str
    keeps_shards: bool

    @classmethod
    def of(cls, output: str) -> "RunFolder":
        """Return the files of the run that writes `output`."""
        if output == "-":
            return cls(output, tempfile.mkdtemp(prefix="socialtext-"), keeps_shards=False)
        if is_folder(output):
            return cls(output.rstrip("/"), f"{output.rstrip('/')}/_run", keeps_shards=True)
        return cls(output, f"{output}.run", keeps_shards=False)

    def target(self, number: int) -> Target:
        """Return the files of a shard."""
        stem = f"{self.folder}/part-{number:05d}"
        if self.keeps_shards:
            rows = f"{self.output}/part-{number:05d}.parquet"
        else:
            rows = stem + (PurePath(self.output).suffix if self.output != "-" else ".jsonl")
        return Target(rows, f"{stem}.rejects.jsonl", f"{stem}.json")

    def start(self, manifest: Mapping[str, Any], *, resume: bool) -> None:
        """Make the folder, or go on in the one that is there.

        Raises
        ------
        RunError
            ST701 an earlier run is there and `resume` was not asked for, ST702 it was another run, ST703 its manifest
            is damaged, ST704 the folder holds shards that are not of a run.
        OutputError
            ST402 nothing can be written there.
        """
        try:
            earlier = self._read_manifest()
            if earlier is None and self.keeps_shards:
                refuse_shards(self.output)
            if earlier is None or not self._has_shards():
                self.discard()
                make_folder(self.folder)
                self._write(MANIFEST, manifest)
                return
        except OutputError:
            raise
        except OSError as error:
            raise OutputError("ST402", f"{self.output}: cannot be written: {error.strerror or error}") from error
        if not resume:
            raise RunError(
                "ST701",
                f"{self.folder} holds an earlier run: go on with it by --resume, or remove "
                f"{self.output if self.keeps_shards else self.folder}",
            )
        differences = list(_find_differences(earlier, manifest))
        if differences:
            raise RunError(
                "ST702",
                f"{self.folder} holds a run that cannot be gone on with, since these differ: {'; '.join(differences)}",
            )
        self.remove_parts()

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Leave the result, and for a folder of shards what it was made from."""
        if self.keeps_shards:
            self._write(SUMMARY, summary)
        else:
            remove_files(self.folder, list_folder(self.folder))

    def _has_shards(self) -> bool:
        return any(_is_shard(name) and name.endswith(".json") for name in list_folder(self.folder))

    def discard(self) -> None:
        """Leave nothing of the run."""
        remove_files(self.folder, list_folder(self.folder))
        if self.keeps_shards:
            remove_files(self.output, list(filter(_is_shard, list_folder(self.output))))

    def stop(self) -> bool:
        """Leave the shards that are done; return whether there are any to go on with."""
        if self.output == "-" or not self._has_shards():
            self.discard()
            return False
        self.remove_parts()
        return True

    def remove_parts(self) -> None:
        """Remove what dead workers have left."""
        for folder in {self.folder, *([self.output] if self.keeps_shards else [])}:
            names = [name for name in list_folder(folder) if _is_shard(name) and name.endswith(".part")]
            if names:
                remove_files(folder, names)

    def _read_manifest(self) -> dict[str, Any] | None:
        try:
            with reading(f"{self.folder}/{MANIFEST}") as file:
                manifest: dict[str, Any] = json.load(file)
                return manifest
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise RunError("ST703", f"{self.folder}/{MANIFEST} is damaged ({error}): remove {self.folder}") from error

    def _write(self, name: str, values: Mapping[str, Any]) -> None:
        write_whole(f"{self.folder}/{name}", (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode())


def refuse_shards(folder: str) -> None:
    """Raise `RunError` ST704 where a folder holds shards: to write among them would mix two results."""
    try:
        names = list_folder(folder)
    except OSError as error:
        raise OutputError("ST402", f"{folder}: cannot be written: {error.strerror or error}") from error
    if any(map(_is_shard, names)):
        raise RunError("ST704", f"{folder} holds shards of something else: choose another folder, or remove it first")


def _is_shard(name: str) -> bool:
    return name.startswith("part-")


def describe_run(sources: Sequence[str], job: Job, output: str, shard_bytes: int) -> dict[str, Any]:
    """Return the manifest: all that decides which rows come out, and in which shards.

    The digest of the input is that of names, sizes and times of change: to read all of it twice would take too long.

    Raises
    ------
    InputError
        ST304 a source is gone.
    """
    from socialtext.normalize._kernel import unicode_version

    digest = hashlib.sha256()
    n_bytes = 0
    for source in sources:
        try:
            size, stamp = identify(source)
        except OSError as error:
            raise InputError("ST304", f"{source}: cannot be read: {error.strerror or error}") from error
        n_bytes += size
        digest.update(f"{source}\t{size}\t{stamp}\n".encode("utf-8", "surrogateescape"))
    options = {name: value for name, value in asdict(job).items() if name != "n_shown"}
    return {
        "input": {"n_files": len(sources), "n_bytes": n_bytes, "sha256": digest.hexdigest()},
        "options": {**options, "output": PurePath(output).suffix, "shard_bytes": shard_bytes},
        "versions": {
            **{name: version(name) for name in PACKAGES},
            "python": platform.python_version(),
            "unicode": unicode_version,
        },
        "models": {name: facts["sha256"] for name, facts in describe_models().items()} | _describe_own_model(job),
    }


def _describe_own_model(job: Job) -> dict[str, str]:
    if job.model is None:
        return {}
    return {job.model: digest_model(Path(job.model))}


def _find_differences(then: Any, now: Any, place: str = "") -> Iterator[str]:
    if isinstance(then, dict) and isinstance(now, dict):
        for name in sorted(then.keys() | now.keys()):
            yield from _find_differences(then.get(name), now.get(name), f"{place} {name}".strip())
    elif then != now:
        yield f"{place} was {_shorten(then)}, is {_shorten(now)}"


def _shorten(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:12]}…"


class Run:
    """Shards in, rows in order out.

    Parameters
    ----------
    files : RunFolder
    sources : sequence of str
    job : Job
    shard_bytes : int

    Attributes
    ----------
    tally : Tally
        Of all shards that are done and, in the order of the input, follow one another.
    n_shards : int
        Number of shards that are done.
    n_bytes_done : int
        Their size as stored.
    n_bytes_before, n_text_before : int
        Of shards that an earlier run has done: size as stored, and bytes of text in them.
    """

    def __init__(self, files: RunFolder, sources: Sequence[str], job: Job, shard_bytes: int) -> None:
        self._files = files
        self._sources = sources
        self._job = job
        self._shard_bytes = shard_bytes
        self.tally = Tally()
        self.n_shards = 0
        self.n_bytes_done = 0
        self.n_bytes_before = self.n_text_before = 0

    def process(self, engine: Engine, rejects: str | None) -> Iterator[None]:
        """Do the shards that are not done and put the result together; yield now and then, for progress.

        Raises
        ------
        OutputError
            ST402 something cannot be written.
        RunError
            ST711, ST712, ST713 a shard cannot be done.
        """
        finished: dict[int, tuple[Shard, Tally]] = {}
        with ExitStack() as stack:
            all_rejects = stack.enter_context(RecordWriter(rejects, None)) if rejects else None
            all_rows = None
            if not self._files.keeps_shards:
                all_rows = stack.enter_context(RecordWriter(self._files.output, self._job.schema))
            for outcome in chain(engine.run(self._iter_waiting(finished)), [None]):
                if outcome is not None:
                    shard, tally = outcome
                    finished[shard.number] = shard, tally
                while self.n_shards in finished:
                    shard, tally = finished.pop(self.n_shards)
                    if all_rows:
                        all_rows.append(shard.target.rows)
                    if all_rejects:
                        all_rejects.append(shard.target.rejects)
                    self.tally.add(tally)
                    self.n_shards += 1
                    self.n_bytes_done += shard.n_bytes
                yield
            if all_rows and not self.tally.n_records:
                all_rows.cancel()

    def _iter_waiting(self, finished: dict[int, tuple[Shard, Tally]]) -> Iterator[Shard]:
        """Yield the shards in the order of the input; those that an earlier run has done go to `finished`."""
        done = set(list_folder(self._files.folder))
        for number, parts in enumerate(cut_sources(self._sources, self._shard_bytes, self._job.read)):
            shard = Shard(number, parts, self._files.target(number))
            tally = read_tally(shard.target.tally) if PurePath(shard.target.tally).name in done else None
            if tally is None:
                yield shard
            else:
                finished[number] = shard, tally
                self.n_bytes_before += shard.n_bytes
                self.n_text_before += tally.n_bytes
