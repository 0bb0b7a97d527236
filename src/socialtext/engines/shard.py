"""One shard: its records in, its rows and rejects out. Every engine does its work by calling `run_shard`.

Comes in: parts of sources, the names of three files, and what is to be done. Goes out: those files and a `Tally`.
It knows nothing of other shards, of processes and of machines; running it twice is running it once.
"""

import json
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from socialtext.batches import BATCH_SIZE, iter_batches
from socialtext.errors import InputError, SocialtextError
from socialtext.io.files import reading, write_whole
from socialtext.io.readers import Part, ReadOptions, hint_at_encoding, read_parts
from socialtext.io.schema import Record, Reject, document_row, document_schema, reject_row, unit_rows, unit_schema
from socialtext.io.writers import RecordWriter
from socialtext.types import LANGUAGES, THEMES

if TYPE_CHECKING:
    import pyarrow as pa

    from socialtext.pipeline import Pipeline, Task

N_KEPT: Final = 10  # rejects and warnings that a tally keeps to be shown; the files keep all
N_DOCUMENTS_SHOWN: Final = 20
# Other codes of our languages: those of ISO 639-2, and the withdrawn one of Indonesian that older systems still write.
LANGUAGE_CODES: Final = {"ara": "ar", "fas": "fa", "per": "fa", "ind": "id", "in": "id"}
LANGUAGE_TAG_END_RE: Final = re.compile("[-_]")

Rows = Sequence[Mapping[str, Any]]
# Rows and number of advice units of a record, or why it has none: an `InputError` makes it a reject.
Outcome = tuple[Rows, int] | Exception
Handler = Callable[[Sequence[Record]], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Job:
    """What is done with every document of a run; the arguments of `process`.

    Attributes
    ----------
    lang, profile : str
        Of the pipeline.
    records : {"units", "documents"}
    with_text : bool
        Rows of documents carry the raw and the normalized text.
    read : ReadOptions
    n_shown : int
        Units of each of the first documents that are kept to be shown.
    model : str or None
        Folder of a model of themes that is not the released one.
    granularity : float
        Size of the advice units.
    """

    lang: str
    profile: str
    records: str
    with_text: bool
    read: ReadOptions
    n_shown: int = 0
    model: str | None = None
    granularity: float = 0.5

    def schema(self) -> "pa.Schema":
        """Return the columns of the rows."""
        themes = THEMES if self.model is None else _load_pipeline(self).themes
        if self.records == "units":
            return unit_schema(themes)
        return document_schema(with_text=self.with_text, themes=themes)

    def make_handler(self) -> "DocumentHandler":
        """Return what makes rows of a record, with the models loaded."""
        return DocumentHandler(self)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a shard goes: its rows, its rejects, and its tally, which appears last and says that it is done."""

    rows: str
    rejects: str
    tally: str


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard of a run."""

    number: int
    source: tuple[Part, ...]
    target: Target

    @property
    def n_bytes(self) -> int:
        """Size as stored."""
        return sum(part.n_bytes for part in self.source)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a record did to the worker that had it in hand."""

    reason: str
    code: str
    message: str


@dataclass(slots=True)
class Tally:
    """What became of records.

    Attributes
    ----------
    n_records, n_units : int
        Processed, and the advice units in them.
    n_bytes : int
        Of text, as read.
    reasons : Counter
        Rejects by reason.
    rejects, warnings : list
        The first of them.
    shown : list
        The first units of the first documents.
    """

    n_records: int = 0
    n_units: int = 0
    n_bytes: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    shown: list[list[dict[str, Any]]] = field(default_factory=list)

    @property
    def n_rejected(self) -> int:
        """Records that could not be processed."""
        return self.reasons.total()

    def count(self, record: Record, n_units: int) -> None:
        """Count a record that was processed."""
        self.n_records += 1
        self.n_units += n_units
        self.n_bytes += record.n_bytes
        if record.n_replaced and len(self.warnings) < N_KEPT:
            self.warnings.append(
                f"{record.source}, record {record.number}: {record.n_replaced} undecodable places became U+FFFD; if it "
                "is not UTF-8, name its encoding with --encoding"
            )

    def reject(self, reject: Reject) -> None:
        """Count a record that was not processed."""
        self.reasons[reject.reason] += 1
        if len(self.rejects) < N_KEPT:
            self.rejects.append(reject)

    def add(self, other: "Tally") -> None:
        """Count what another has counted."""
        self.n_records += other.n_records
        self.n_units += other.n_units
        self.n_bytes += other.n_bytes
        self.reasons += other.reasons
        self.rejects += other.rejects[: N_KEPT - len(self.rejects)]
        self.warnings += other.warnings[: N_KEPT - len(self.warnings)]
        self.shown += other.shown[: N_DOCUMENTS_SHOWN - len(self.shown)]


def run_shard(
    source: Iterable[Part],
    target: Target,
    job: Job,
    *,
    killers: Mapping[int, Fault] | None = None,
    n_at_once: int = BATCH_SIZE,
    watch: Callable[[int, Tally], None] = lambda at, tally: None,
) -> Tally:
    """Process the records of `source` into the files of `target`; return at once where that is done already.

    Parameters
    ----------
    source : iterable of Part
    target : Target
    job : Job
    killers : dict of int to Fault, optional
        Records, by their place in the shard, that are not to be tried: what they did to earlier attempts.
    n_at_once : int
        Records that are handled together, at most.
    watch : callable, optional
        Told the place of each record before it is read, or of the first of several that are handled together.

    Raises
    ------
    OutputError
        ST402 a file cannot be written.
    """
    done = read_tally(target.tally)
    if done is not None:
        return done
    attempt = f".{secrets.token_hex(4)}"  # an attempt that is thought dead may still be writing
    tally = Tally()
    handle = job.make_handler()
    with (
        RecordWriter(target.rows, job.schema, attempt=attempt) as rows,
        RecordWriter(target.rejects, None, attempt=attempt) as rejects,
    ):
        process_records(
            read_parts(source, job.read), handle, rows, rejects, tally,
            killers=killers, n_at_once=n_at_once, watch=watch,
        )  # fmt: skip
    tally.shown = handle.shown
    write_tally(target.tally, tally, attempt=attempt)
    return tally


def process_records(
    items: Iterable[Record | Reject],
    handle: Handler,
    rows: RecordWriter,
    rejects: RecordWriter | None,
    tally: Tally,
    *,
    killers: Mapping[int, Fault] | None = None,
    n_at_once: int,
    watch: Callable[[int, Tally], None] = lambda at, tally: None,
    stand_in: Mapping[str, Any] | None = None,
) -> None:
    """Write the rows that `handle` makes of each record; what cannot be processed goes to `rejects`, and is counted.

    Its place in the rows stays empty, or is taken by the row `stand_in`.
    """
    watch(0, tally)
    n_done = 0
    for batch in iter_batches(_replace_killers(items, killers or {}), _count_chars, n_at_once):
        outcomes = iter(handle([item for item in batch if isinstance(item, Record)]))
        for item in batch:
            outcome = item if isinstance(item, Reject) else _settle(item, next(outcomes))
            if isinstance(outcome, Reject):
                tally.reject(outcome)
                if rejects is not None:
                    rejects.write([reject_row(outcome)])
                if stand_in is not None and outcome.number:  # not where a whole source is rejected
                    rows.write([stand_in])
            else:
                rows.write(outcome[0])
                tally.count(item, outcome[1])  # type: ignore[arg-type]  # a reject has no rows
        n_done += len(batch)
        watch(n_done, tally)


def _replace_killers(items: Iterable[Record | Reject], killers: Mapping[int, Fault]) -> Iterator[Record | Reject]:
    """Yield the items, rejects instead of the records that are not to be tried."""
    for at, item in enumerate(items):
        fault = killers.get(at) if isinstance(item, Record) else None
        yield item if fault is None else Reject(item.source, item.number, fault.reason, fault.code, fault.message)


def _count_chars(item: Record | Reject) -> int:
    return len(item.text) if isinstance(item, Record) else 0


def _settle(record: Record, outcome: Outcome) -> Reject | tuple[Rows, int]:
    """Return the outcome, or the reject that follows from an error."""
    match outcome:
        case InputError():
            message = outcome.message + hint_at_encoding(record)
            return Reject(record.source, record.number, "language", outcome.code, message)
        case SocialtextError():
            raise outcome  # a damaged model is no fault of the record
        case Exception():  # one record, whatever is wrong with it, does not stop a run of a night
            message = f"{type(outcome).__name__}: {outcome}"
            return Reject(record.source, record.number, "failed", "ST380", message)
    return outcome


def one_by_one(handle: Callable[[Record], tuple[Rows, int]]) -> Handler:
    """Return what handles records by handling each of them."""

    def handle_each(records: Sequence[Record]) -> list[Outcome]:
        return [_try(handle, record) for record in records]

    return handle_each


def _try(handle: Callable[..., tuple[Rows, int]], *given: Any) -> Outcome:
    try:
        return handle(*given)
    except Exception as error:
        return error


class DocumentHandler:
    """Make of each record the rows of a document, and keep the first to be shown."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._nlp = _load_pipeline(job)
        self.shown: list[list[dict[str, Any]]] = []

    def __call__(self, records: Sequence[Record]) -> list[Outcome]:
        """Return rows and the number of units of each."""
        from socialtext.pipeline import Task, run_stages

        tasks = [Task(record.text, record.id, marked_up=record.marked_up) for record in records]
        for task, record in zip(tasks, records, strict=True):
            try:
                task.lang = known_language(record.lang, self._job.lang)
            except InputError as error:
                task.fault = error
        run_stages(self._nlp, tasks)
        return [_try(self._finish, task) for task in tasks]

    def _finish(self, task: "Task") -> tuple[Rows, int]:
        job, document = self._job, task.result()
        if job.n_shown and len(self.shown) < N_DOCUMENTS_SHOWN:
            self.shown.append(list(islice(unit_rows(document, self._nlp.themes), job.n_shown)))
        if job.records == "units":
            return unit_rows(document, self._nlp.themes), len(document.units)
        return [document_row(document, with_text=job.with_text)], len(document.units)


@cache
def _load_pipeline(job: Job) -> "Pipeline":
    """Load the models, once a process."""
    from socialtext.pipeline import Pipeline

    return Pipeline(job.lang, profile=job.profile, granularity=job.granularity, model=job.model)


def known_language(of_record: str | None, of_run: str) -> str | None:
    """Return the language that is given for a record, None where it is to be found.

    Case, region and script do not matter: ``FA``, ``fa-IR``, ``fa_Arab`` and ``fas`` are ``fa``.

    Raises
    ------
    InputError
        ST321 the record names another language.
    """
    if of_run != "auto":
        return of_run
    code = LANGUAGE_TAG_END_RE.split((of_record or "").strip().casefold())[0]
    lang = LANGUAGE_CODES.get(code, code)
    if lang and lang not in LANGUAGES:
        raise InputError(
            "ST321",
            f"the record names its language {of_record!r}, which is none of {', '.join(LANGUAGES)}: leave it out, or "
            "name the language with --lang",
        )
    return lang or None


def write_tally(name: str, tally: Tally, *, attempt: str = "") -> None:
    """Write the tally of a shard that is done."""
    values = {item.name: getattr(tally, item.name) for item in fields(tally)}
    values["rejects"] = [reject_row(reject) for reject in tally.rejects]
    write_whole(name, json.dumps(values, ensure_ascii=False).encode("utf-8", "backslashreplace"), attempt=attempt)


def read_tally(name: str) -> Tally | None:
    """Return the tally of a shard that is done, else None."""
    try:
        with reading(name) as file:
            values = json.load(file)
    except FileNotFoundError:
        return None
    values["reasons"] = Counter(values["reasons"])
    values["rejects"] = [Reject(**reject) for reject in values["rejects"]]
    return Tally(**values)
