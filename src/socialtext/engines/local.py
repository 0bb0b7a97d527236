"""Shards on this machine: supervised worker processes, each of which runs one shard after another.

A worker tells, in memory it shares with its supervisor, which records it has in hand and since when. One that dies is
replaced and its shard done again, from then on record by record; one that was in hand each time is taken for the killer
and becomes a reject. One that has a record in hand for too long is killed for it.
"""

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from socialtext.batches import BATCH_SIZE
from socialtext.engines.shard import Fault, Job, Shard, Tally, run_shard
from socialtext.errors import RunError, SocialtextError

N_DEATHS_RECORD: Final = 3
N_DEATHS_SHARD: Final = 100
POLL_S: Final = 0.1
# Several records in hand that take longer are tried one by one, long before one of them has had its time.
BATCH_TIMEOUT_S: Final = 20.0
# What a worker tells of the shard in hand, as 64-bit integers.
PLACE, SINCE_NS, N_RECORDS, N_BYTES, N_REJECTED = range(5)
NO_PLACE: Final = -1
# Imported by the server of worker processes, for what it loads.
PRELOAD: Final = "socialtext.engines.preload"


class InlineEngine:
    """This process and no other: for what is done before a worker has started."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def run(self, shards: Iterable[Shard]) -> Iterator[tuple[Shard, Tally] | None]:
        """Yield each shard as it is done, in order."""
        for shard in shards:
            yield shard, run_shard(shard.source, shard.target, self._job)

    def count_in_hand(self) -> tuple[int, int, int]:
        """Return zeros: nothing is in hand between two shards."""
        return 0, 0, 0

    def __enter__(self) -> "InlineEngine":
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing to end."""


class LocalEngine:
    """Worker processes of this machine; a context that ends them.

    Parameters
    ----------
    job : Job
    n_workers : int
    timeout_s : float
        The longest that a worker may have one record in hand.
    """

    def __init__(self, job: Job, *, n_workers: int, timeout_s: float) -> None:
        self._job = job
        self._n_workers = n_workers
        self._timeout_s = timeout_s
        self._workers: list[_Worker] = []

    def run(self, shards: Iterable[Shard]) -> Iterator[tuple[Shard, Tally] | None]:
        """Yield each shard as it is done, in any order; None where none is done for a moment.

        Raises
        ------
        OutputError
            ST402 a file of a shard cannot be written.
        RunError
            ST711 a shard kills its workers, whichever record is left out.
        """
        waiting = map(_Attempt, shards)
        again: deque[_Attempt] = deque()
        while True:
            while self._count_busy() < self._n_workers:
                next_one = again.popleft() if again else next(waiting, None)
                if next_one is None:
                    break
                self._find_worker().give(next_one)
            busy = [(worker, worker.attempt) for worker in self._workers if worker.attempt is not None]
            if not busy:
                return
            multiprocessing.connection.wait([worker.pipe for worker, _ in busy], timeout=POLL_S)
            for worker, attempt in busy:
                answer = worker.poll()
                if isinstance(answer, Tally):
                    worker.attempt = None
                    yield attempt.shard, answer
                elif isinstance(answer, SocialtextError):
                    raise answer
                elif fault := worker.find_fault(attempt.limit_s(self._timeout_s)):
                    worker.kill()
                    self._workers.remove(worker)
                    attempt.blame(worker.state[PLACE], fault)
                    again.append(attempt)
            yield None

    def count_in_hand(self) -> tuple[int, int, int]:
        """Return records, bytes and rejects of the shards that are in hand."""
        states = [worker.state for worker in self._workers if worker.attempt is not None]
        return (
            sum(state[N_RECORDS] for state in states),
            sum(state[N_BYTES] for state in states),
            sum(state[N_REJECTED] for state in states),
        )

    def _count_busy(self) -> int:
        return sum(worker.attempt is not None for worker in self._workers)

    def _find_worker(self) -> "_Worker":
        """Return one that has nothing in hand, a new one if need be."""
        for worker in self._workers:
            if worker.attempt is None:
                return worker
        self._workers.append(_Worker(self._job))
        return self._workers[-1]

    def __enter__(self) -> "LocalEngine":
        return self

    def __exit__(self, *exception: object) -> None:
        for worker in self._workers:
            worker.kill()
        self._workers = []


@dataclass(slots=True)
class _Attempt:
    """A shard with what is known of records in it that killed their worker.

    Once a worker has died with several records in hand, they are handled one by one, to find the one that does it.
    """

    shard: Shard
    n_at_once: int = BATCH_SIZE
    killers: dict[int, Fault] = field(default_factory=dict)
    deaths: Counter[int] = field(default_factory=Counter)

    def limit_s(self, timeout_s: float) -> float:
        """Return how long a worker may have in hand what it takes at once, if it may have one record for so long."""
        return timeout_s if self.n_at_once == 1 else min(timeout_s, BATCH_TIMEOUT_S)

    def blame(self, place: int, fault: Fault) -> None:
        """Take note of a death with the record at `place` in hand, or with several from there on."""
        if place != NO_PLACE and self.n_at_once > 1:
            self.n_at_once = 1
            return
        self.deaths[place] += 1
        if place in self.killers or self.deaths.total() >= N_DEATHS_SHARD or self.deaths[NO_PLACE] >= N_DEATHS_RECORD:
            part = self.shard.source[0]
            raise RunError(
                "ST711",
                f"shard {self.shard.number}, from {part.name}: its workers die, whichever record is left out: "
                f"{fault.message}",
            )
        if fault.reason == "timeout" or self.deaths[place] >= N_DEATHS_RECORD:
            self.killers[place] = fault


class _Worker:
    """A process with the shard that it has in hand."""

    def __init__(self, job: Job) -> None:
        context = _find_context(job)
        self.attempt: _Attempt | None = None
        self.state: Any = context.RawArray("q", 5)
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.state, job), daemon=True)
        with _ctrl_c_waits():  # what has begun to start and then gets nothing would tell of it
            self._process.start()
        theirs.close()  # so that the death of the process closes the pipe

    def give(self, attempt: _Attempt) -> None:
        """Hand over a shard."""
        self.attempt = attempt
        self.state[:] = [NO_PLACE, time.monotonic_ns(), 0, 0, 0]
        with suppress(OSError):  # it may be dead, which `find_fault` will see
            self.pipe.send((attempt.shard, attempt.killers, attempt.n_at_once))

    def poll(self) -> Tally | SocialtextError | None:
        """Return what it has answered, if it has."""
        try:
            return self.pipe.recv() if self.pipe.poll() else None
        except (EOFError, OSError):
            self._process.join()
            return None

    def find_fault(self, timeout_s: float) -> Fault | None:
        """Return why it will not answer, if so."""
        if not self._process.is_alive():
            return Fault(
                "killed_worker",
                "ST381",
                f"killed its worker {N_DEATHS_RECORD} times, the last time with exit code {self._process.exitcode}",
            )
        if time.monotonic_ns() - self.state[SINCE_NS] > timeout_s * 1e9 and self.state[PLACE] != NO_PLACE:
            return Fault("timeout", "ST382", f"took more than {timeout_s:g} seconds: raise --timeout if it should not")
        return None

    def kill(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _find_context(job: Job) -> Any:
    """Return how processes are started: each clean, from a server that has the modules loaded already.

    Where documents of all languages may come it has the models as well.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    modules = ["socialtext.engines.shard", "socialtext.pipeline", "pyarrow.parquet"]
    if job.lang == "auto":
        modules.append(PRELOAD)
    context.set_forkserver_preload(modules)
    _start_server()
    return context


def _start_server() -> None:
    """Start the server of worker processes, if it does not run.

    Ctrl-C reaches all processes of a terminal. What the server begins with blocked it never sees, else it would tell of
    it while it still imports; later it ignores it by itself.
    """
    from multiprocessing import forkserver, resource_tracker  # not on every system

    resource_tracker.ensure_running()  # else the server would start it, and it unblocks the signal
    with _ctrl_c_waits():
        forkserver.ensure_running()


@contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """Hold Ctrl-C back until the end, where the system knows how."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, earlier)


def _serve(pipe: "multiprocessing.connection.Connection", state: Any, job: Job) -> None:
    """Run the shards that come through the pipe, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the supervisor decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_die_with_parent, daemon=True).start()

    def watch(at: int, tally: Tally) -> None:
        state[SINCE_NS] = time.monotonic_ns()
        state[N_RECORDS] = tally.n_records
        state[N_BYTES] = tally.n_bytes
        state[N_REJECTED] = tally.n_rejected
        state[PLACE] = at

    while True:
        try:
            shard, killers, n_at_once = pipe.recv()
        except EOFError:
            return
        answer: Tally | SocialtextError
        try:
            answer = run_shard(shard.source, shard.target, job, killers=killers, n_at_once=n_at_once, watch=watch)
        except SocialtextError as error:
            answer = error
        except Exception as error:
            answer = RunError("ST712", f"shard {shard.number} failed: {type(error).__name__}: {error}")
        pipe.send(answer)


def _die_with_parent() -> None:
    """End this process when its supervisor has ended, however that happened."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
