"""Shards on a Ray cluster: the same shards and the same files, on storage that all nodes see.

A task is one shard, done by a supervised process on its node, so that a record that kills or stalls its worker is
found there as on one machine. Ray does a task again when its node or its own process is lost.
"""

import logging
import os
import signal
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

from socialtext.engines.local import LocalEngine
from socialtext.engines.shard import Job, Shard, Tally
from socialtext.errors import MissingExtraError, RunError

N_RETRIES: Final = 3
POLL_S: Final = 1.0


class RayEngine:
    """Tasks on the cluster of ``RAY_ADDRESS``, or on a Ray started on this machine.

    Parameters
    ----------
    job : Job
    n_workers : int or None
        Shards in hand at a time; by default one for each core of the cluster.
    timeout_s : float
        The longest that a worker may have one record in hand.

    Raises
    ------
    MissingExtraError
        ST603 Ray is not installed.
    """

    def __init__(self, job: Job, *, n_workers: int | None, timeout_s: float) -> None:
        try:
            import ray
        except ImportError as error:
            raise MissingExtraError("ST603", "--engine ray needs Ray: pip install 'socialtext[ray]'") from error
        self._ray = ray
        self._job = job
        self._n_workers = n_workers
        self._timeout_s = timeout_s

    def run(self, shards: Iterable[Shard]) -> Iterator[tuple[Shard, Tally] | None]:
        """Yield each shard as it is done, in any order; None where none is done for a moment.

        Raises
        ------
        OutputError
            ST402 a file of a shard cannot be written.
        RunError
            ST713 a task was lost again and again.
        """
        ray = self._ray
        task = ray.remote(num_cpus=1, max_retries=N_RETRIES)(_run_task)
        n_at_once = self._n_workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        waiting = iter(shards)
        running: dict[Any, Shard] = {}
        while True:
            while len(running) < n_at_once and (shard := next(waiting, None)) is not None:
                running[task.remote(shard, self._job, self._timeout_s)] = shard
            if not running:
                return
            done, _ = ray.wait(list(running), timeout=POLL_S)
            for reference in done:
                shard = running.pop(reference)
                try:
                    tally = ray.get(reference)
                except ray.exceptions.RayTaskError as error:
                    raise error.cause from None
                except ray.exceptions.RayError as error:
                    raise RunError("ST713", f"shard {shard.number} was lost {N_RETRIES} times: {error}") from error
                yield shard, tally
            yield None

    def count_in_hand(self) -> tuple[int, int, int]:
        """Return zeros: what tasks have in hand is known on their nodes."""
        return 0, 0, 0

    def __enter__(self) -> "RayEngine":
        handler = signal.getsignal(signal.SIGTERM)
        address = os.environ.get("RAY_ADDRESS")
        self._ray.init(
            address=address or "local", num_cpus=None if address else self._n_workers, include_dashboard=None if address
            else False, log_to_driver=False, logging_level=logging.ERROR,
        )  # fmt: skip
        signal.signal(signal.SIGTERM, handler)  # Ray sets its own
        return self

    def __exit__(self, *exception: object) -> None:
        self._ray.shutdown()


def _run_task(shard: Shard, job: Job, timeout_s: float) -> Tally:
    for outcome in _load_engine(job, timeout_s).run([shard]):
        if outcome is not None:
            return outcome[1]
    raise RunError("ST712", f"shard {shard.number} came to no end")


@cache
def _load_engine(job: Job, timeout_s: float) -> LocalEngine:
    """Keep one worker for all tasks of a process of Ray: it has the models loaded."""
    return LocalEngine(job, n_workers=1, timeout_s=timeout_s)
