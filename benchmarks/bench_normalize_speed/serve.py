"""Time one contestant in its own environment: ``python -P serve.py contestants/NAME.py``, a JSON object a line.

The process first says what it is. Then it takes lines of text (``load``), finds out how many of them a way handles in a
good moment (``calibrate``), and times that job whenever it is told (``run``), in CPU time of all its threads. What the
package prints goes to standard error. Needs nothing but the standard library.

The script of a contestant has ``prepare()``, which returns the ways in which a tool normalizes: functions from text
to text by name; ``default`` is what its own documentation shows first. Where the tool has functions from a list of
texts to a list, ``prepare_lists()`` returns them; ``prepare_bytes()`` those that take UTF-8. ``DISTRIBUTION`` is the
package whose version is told.
"""

import gc
import json
import os
import platform
import runpy
import sys
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any

MOMENT_S = 0.03
"""What a job should last; a fast way repeats all lines, a slow one has the first lines only."""

Request = dict[str, Any]

CALLS: dict[str, Callable[[Callable[[Any], Any], list[Any]], Any]] = {
    "calls": lambda function, pieces: [function(piece) for piece in pieces],
    "list": lambda function, pieces: function(pieces),
    "string": lambda function, pieces: function(pieces[0]),
}


class Job:
    """One way with its share of the lines, as single lines or as one string."""

    def __init__(self, function: Callable[[Any], Any], kind: str, lines: list[str], as_bytes: bool) -> None:
        self.function, self.kind, self.lines, self.as_bytes = function, kind, lines, as_bytes
        self.n_crashes = 0
        self.n_repeats = 1
        if kind == "calls":
            self.leave_out_crashes(256)
        self.take(1)
        seconds = self.run()
        while seconds < MOMENT_S / 2 and self.n_lines < len(self.lines):
            self.take(4 * self.n_lines)
            seconds = self.run()
        if seconds > MOMENT_S or self.n_lines < len(self.lines):
            self.take(round(self.n_lines * MOMENT_S / max(seconds, 1e-6)))
        else:
            self.n_repeats = max(1, round(MOMENT_S / max(seconds, 1e-6)))

    def leave_out_crashes(self, n_first: int) -> None:
        """Drop the lines, of the first ones, at which the package raises; a later one ends the job with its error."""
        kept = []
        for line in self.lines[:n_first]:
            start = time.process_time()
            try:
                self.function(line.encode() if self.as_bytes else line)
            except Exception:  # whatever a package raises
                self.n_crashes += 1
            else:
                kept.append(line)
            if time.process_time() - start > MOMENT_S:
                break
        self.lines = kept + self.lines[n_first:] if self.n_crashes else self.lines

    def take(self, n_lines: int) -> None:
        """Make the input of the first lines."""
        self.n_lines = max(1, min(n_lines, len(self.lines)))
        share = self.lines[: self.n_lines]
        pieces = ["\n".join(share)] if self.kind == "string" else share
        self.n_bytes = sum(len(piece.encode()) for piece in pieces)
        self.n_code_points = sum(map(len, pieces))
        self.pieces: list[Any] = [piece.encode() for piece in pieces] if self.as_bytes else pieces

    def run(self) -> float:
        """Return the CPU seconds of one pass, without the time to free its results; `wall` keeps the wall seconds."""
        call = CALLS[self.kind]
        seconds = self.wall = 0.0
        for _ in range(self.n_repeats):
            wall, start = time.perf_counter(), time.process_time()
            results = call(self.function, self.pieces)
            seconds += time.process_time() - start
            self.wall += (time.perf_counter() - wall) / self.n_repeats
            del results
        return seconds / self.n_repeats


class Server:
    """The ways of a contestant, the lines and the jobs."""

    def __init__(self, contestant: dict[str, Any]) -> None:
        self.ways = contestant["prepare"]()
        self.lists = contestant["prepare_lists"]() if "prepare_lists" in contestant else {}
        self.bytes_ways = contestant["prepare_bytes"]() if "prepare_bytes" in contestant else {}
        self.lines: dict[str, list[str]] = {}
        self.jobs: list[Job] = []

    def load(self, request: Request) -> Request:
        """Keep the lines of a data set."""
        self.lines[request["data"]] = request["lines"]
        return {}

    def calibrate(self, request: Request) -> Request:
        """Make a job."""
        way, kind = request["way"], request["kind"]
        function = self.lists[way] if kind == "list" else (self.ways | self.bytes_ways)[way]
        job = Job(function, kind, self.lines[request["data"]], way in self.bytes_ways)
        self.jobs.append(job)
        gc.collect()
        gc.freeze()  # the garbage collection that a job causes is not to visit the lines of the others
        n_calls = job.n_lines if kind == "calls" else 1
        sizes = {"bytes": job.n_bytes, "code_points": job.n_code_points, "calls": n_calls}
        return {"job": len(self.jobs) - 1, **sizes, "crashes": job.n_crashes}

    def run(self, request: Request) -> Request:
        """Time a job."""
        job = self.jobs[request["job"]]
        return {"cpu": job.run(), "wall": job.wall}

    def outputs(self, request: Request) -> Request:
        """Return what a way makes of the first lines."""
        function = self.ways[request["way"]]
        return {"outputs": [function(line) for line in self.lines[request["data"]][: request["limit"]]]}


def main(script: str) -> None:
    """Answer one request after the other until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    contestant = runpy.run_path(script)
    server = Server(contestant)
    python = platform.python_version()
    version = metadata.version(contestant["DISTRIBUTION"]) if "DISTRIBUTION" in contestant else python
    print(json.dumps({"version": version, "runtime": f"Python {python}"}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(server, request["do"])(request)
        except Exception as error:  # whatever a package raises
            answer = {"error": f"{type(error).__name__}: {error}"[:150]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
