"""Time calls in turns, so that a machine that changes its speed hits all of them alike."""

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
MOMENT_S = 0.02
"""What one measurement lasts at least: shorter calls are repeated."""


@dataclass
class Timing:
    """CPU and wall seconds of one call, by round."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def describe(self, n_bytes: int, n_code_points: int) -> dict[str, float]:
        """Return the figures of a row, for an input of this size."""
        return describe_rounds(self.cpu, self.wall, n_bytes, n_code_points)


def describe_rounds(cpu: list[float], wall: list[float], n_bytes: int, n_code_points: int) -> dict[str, float]:
    """Return speed in CPU time, medians, and the spread: the slowest round less the fastest, over the median."""
    median = statistics.median(cpu)
    return {
        "mb_per_s": n_bytes / 1e6 / median,
        "code_points_per_s": n_code_points / median,
        "cpu_s": median,
        "wall_s": statistics.median(wall),
        "spread": (max(cpu) - min(cpu)) / median,
        "rounds": len(cpu),
    }


def take_turns(calls: Mapping[str, Callable[[], object]], n_rounds: int) -> dict[str, Timing]:
    """Return the times of each call; in each round every call has its turn."""
    repeats = {name: count_repeats(call) for name, call in calls.items()}
    timings = {name: Timing() for name in calls}
    for _ in range(n_rounds):
        for name, call in calls.items():
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(repeats[name]):
                call()
            timings[name].cpu.append((time.process_time() - cpu) / repeats[name])
            timings[name].wall.append((time.perf_counter() - wall) / repeats[name])
    return timings


def count_repeats(call: Callable[[], object]) -> int:
    """Return how often a call fits into a moment; the first call, which may load something, does not count."""
    call()
    start = time.process_time()
    call()
    return max(1, round(MOMENT_S / max(time.process_time() - start, 1e-6)))


def read_status(name: str, pid: int | str = "self") -> float:
    """Return a figure of a process in bytes, ``VmRSS`` or ``VmHWM``; not a number where the system has no ``/proc``."""
    status = PROC / str(pid) / "status"
    if not status.exists():
        return math.nan
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    return int(lines[name].split()[0]) * 1024


def peak_mib(pid: int | str = "self") -> float:
    """Return the largest resident memory that a process has had, MiB."""
    return read_status("VmHWM", pid) / 2**20
