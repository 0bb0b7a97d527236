"""Let the contestants take turns: each is a process of its own that waits while another one works."""

import json
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.bench_normalize_speed.groups import Group
from benchmarks.clock import peak_mib
from benchmarks.environments import UnavailableError, contestant_variables, prepare_command, reason

HERE = Path(__file__).resolve().parent
N_ROUNDS = 5
ANSWER_SECONDS = 60


class Contestant:
    """A running contestant."""

    def __init__(self, process: subprocess.Popen[str], errors: Any) -> None:
        self.process, self.errors = process, errors
        self.loaded: set[str] = set()
        self.facts = self.read()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Return the answer to a request."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise UnavailableError(self.last_words()) from None
        return self.read()

    def read(self) -> dict[str, Any]:
        """Return the next answer; who does not answer is ended."""
        assert self.process.stdout is not None
        timer = threading.Timer(ANSWER_SECONDS, self.process.kill)
        timer.start()
        try:
            line = self.process.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            raise UnavailableError(self.last_words())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise UnavailableError(answer["error"])
        return answer

    def last_words(self) -> str:
        """Return why the process is no more."""
        code = self.process.wait()
        self.errors.seek(0)
        return reason(self.errors.read()) or f"ended with code {code}, or did not answer in {ANSWER_SECONDS} s"


@contextmanager
def start(name: str, venvs: Path) -> Iterator[Contestant]:
    """Install and start a contestant; at the end its input is closed, which ends it."""
    command = prepare_command(HERE / "contestants", name, HERE / "serve.py", venvs)
    with (
        tempfile.TemporaryFile("w+", errors="replace") as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=contestant_variables(venvs),
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield Contestant(process, errors)
        except BaseException:
            process.kill()
            raise


@dataclass
class Row:
    """One way in one group: CPU and wall seconds of each round, or why there are none."""

    group: Group
    contestant: str
    way: str
    version: str = ""
    unavailable: str = ""
    job: int = -1
    n_bytes: int = 0
    n_code_points: int = 0
    n_calls: int = 0
    n_crashes: int = 0
    peak_mib: float = 0.0
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    @property
    def ns_per_call(self) -> float:
        """CPU nanoseconds of a call, median of the rounds."""
        return statistics.median(self.cpu) / self.n_calls * 1e9

    def ratios(self, other: "Row") -> list[float]:
        """Return how many times as fast as another row this one is, by round; the two may have had more or less."""
        scale = self.n_bytes / other.n_bytes
        return [theirs / ours * scale for ours, theirs in zip(self.cpu, other.cpu, strict=True)]


def compete(groups: list[Group], names: list[str], sets: dict[str, list[str]], venvs: Path) -> list[Row]:
    """Return the rows of all groups that the named contestants have a part in."""
    rows = [Row(group, name, way) for group in groups for name, way in group.ways if name in names]
    with ExitStack() as stack:
        running = start_all(rows, venvs, stack)
        for row in rows:
            if not row.unavailable:
                calibrate(row, running[row.contestant], sets)
        for _ in range(N_ROUNDS):
            for row in rows:
                if not row.unavailable:
                    run(row, running[row.contestant])
        for row in rows:
            if not row.unavailable:
                row.peak_mib = peak_mib(running[row.contestant].process.pid)
    return rows


def start_all(rows: list[Row], venvs: Path, stack: ExitStack) -> dict[str, Contestant]:
    """Return the contestants that run; the rows of the others get the reason."""
    running: dict[str, Contestant] = {}
    for name in dict.fromkeys(row.contestant for row in rows):
        try:
            running[name] = stack.enter_context(start(name, venvs))
        except UnavailableError as error:
            for row in rows:
                if row.contestant == name:
                    row.unavailable = f"not run: {error}"
    return running


def calibrate(row: Row, contestant: Contestant, sets: dict[str, list[str]]) -> None:
    """Fill in the job of a row."""
    data = row.group.data
    try:
        if data not in contestant.loaded:
            contestant.ask(do="load", data=data, lines=sets[data])
            contestant.loaded.add(data)
        answer = contestant.ask(do="calibrate", data=data, kind=row.group.kind, way=row.way)
    except UnavailableError as error:
        row.unavailable = f"failed: {error}"
        return
    row.version = contestant.facts["version"]
    row.job, row.n_bytes, row.n_calls = answer["job"], answer["bytes"], answer["calls"]
    row.n_code_points, row.n_crashes = answer["code_points"], answer["crashes"]


def run(row: Row, contestant: Contestant) -> None:
    """Add a round to a row."""
    try:
        answer = contestant.ask(do="run", job=row.job)
    except UnavailableError as error:
        row.unavailable = f"failed: {error}"
        return
    row.cpu.append(answer["cpu"])
    row.wall.append(answer["wall"])


def compare_outputs(data: str, lines: list[str], ways: tuple[tuple[str, str], ...], venvs: Path) -> list[list[str]]:
    """Return what each way makes of the lines."""
    outputs = []
    for name, way in ways:
        with start(name, venvs) as contestant:
            contestant.ask(do="load", data=data, lines=lines)
            outputs.append(contestant.ask(do="outputs", data=data, way=way, limit=len(lines))["outputs"])
    return outputs
