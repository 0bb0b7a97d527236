"""What the commands say on standard error, and when they are silent."""

import json
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from socialtext.engines.shard import N_KEPT, Tally
from socialtext.io.schema import Reject

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

REFRESH_S: Final = 0.2
LOG_S: Final = 10.0


def say(message: str) -> None:
    """Print a line on standard error."""
    print(message, file=sys.stderr)  # noqa: T201


def count(n: int, noun: str) -> str:
    """Return a number with its noun, which is given in the plural."""
    return f"{n} {noun.removesuffix('s') if n == 1 else noun}"


def fail(message: str, *, status: int = 1) -> NoReturn:
    """Print an error and exit, with 1 for what failed or 2 for wrong use."""
    say(f"socialtext: {message}")
    sys.exit(status)


class RunReport:
    """Counts of a run: a progress bar where standard error is a terminal, and one line at the end.

    Parameters
    ----------
    n_bytes : int or None
        Size of all input, where it is known.
    noun : str
        What one record is called.
    log_json : bool
        Objects for machines in place of all this: one every ten seconds, one for each thing worth telling.
    """

    def __init__(self, n_bytes: int | None, noun: str, *, log_json: bool = False) -> None:
        self._n_bytes = n_bytes
        self._noun = noun
        self._log_json = log_json
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._start = self._shown_at = 0.0
        self._n_bytes_before = self._n_text_before = 0
        self._n_rejects_told = self._n_warnings_told = 0

    def __enter__(self) -> "RunReport":
        self._start = self._shown_at = time.perf_counter()
        if sys.stderr.isatty() and not self._log_json:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task(f"0 {self._noun}", total=self._n_bytes)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def skip(self, n_bytes: int, n_text: int) -> None:
        """Take what an earlier run has done for done, but not by this one: bytes as stored, and bytes of text."""
        self._n_bytes_before, self._n_text_before = n_bytes, n_text

    def update(self, tally: Tally, *, in_hand: tuple[int, int, int] = (0, 0, 0), n_done: int | None = None) -> None:
        """Tell what is new in a tally, and show how far the run is.

        Parameters
        ----------
        tally : Tally
        in_hand : (int, int, int)
            Records, bytes and rejects that are not in the tally yet.
        n_done : int, optional
            Bytes of the input, as stored, that are done; those of the tally by default.
        """
        for reject in tally.rejects[self._n_rejects_told :]:
            self._tell_reject(reject)
        for warning in tally.warnings[self._n_warnings_told :]:
            self._tell(f"warning: {warning}", {"event": "warning", "message": warning})
        if tally.n_rejected > N_KEPT >= self._n_rejects_told and not self._log_json:
            self._tell("more rejects are not shown; --rejects FILE keeps all", {})
            self._n_rejects_told = N_KEPT + 1
        self._n_rejects_told = max(self._n_rejects_told, len(tally.rejects))
        self._n_warnings_told = len(tally.warnings)
        now = time.perf_counter()
        if self._bar is None and not self._log_json:
            return
        if now - self._shown_at < (LOG_S if self._log_json else REFRESH_S):
            return
        self._shown_at = now
        n_records, n_bytes, n_rejected = (
            count + more
            for count, more in zip((tally.n_records, tally.n_bytes, tally.n_rejected), in_hand, strict=True)
        )
        done = n_done if n_done is not None else n_bytes
        seconds = now - self._start
        rate = (n_bytes - self._n_text_before) / 1e6 / seconds
        if self._bar is not None and self._task is not None:
            counts = f"{count(n_records, self._noun)}, {n_bytes / 1e6:.1f} MB, {rate:.2f} MB/s, {n_rejected} rejected"
            self._bar.update(self._task, completed=done, description=counts)
            return
        here = done - self._n_bytes_before
        left = None if self._n_bytes is None or here <= 0 else round((self._n_bytes - done) * seconds / here)
        self._log(
            {"event": "progress", self._noun: n_records, "rejected": n_rejected, "mb": round(n_bytes / 1e6, 3),
             "mb_per_s": round(rate, 3), "seconds_left": left}
        )  # fmt: skip

    def summarize(self, tally: Tally) -> dict[str, Any]:
        """Print the one line of counts, and return it as an object."""
        seconds = max(time.perf_counter() - self._start, 1e-9)
        mb = tally.n_bytes / 1e6
        rate = (tally.n_bytes - self._n_text_before) / 1e6 / seconds
        summary = {
            self._noun: tally.n_records, "units": tally.n_units, "rejected": tally.n_rejected,
            "rejected_by_reason": dict(sorted(tally.reasons.items())), "mb": round(mb, 6),
            "seconds": round(seconds, 3), "mb_per_s": round(rate, 3),
        }  # fmt: skip
        units = f", {count(tally.n_units, 'units')}" if tally.n_units else ""
        self._tell(
            f"{count(tally.n_records, self._noun)}{units}, {tally.n_rejected} rejected, {mb:.2f} MB, {rate:.2f} MB/s",
            {"event": "summary", **summary},
        )
        return summary

    def _tell_reject(self, reject: Reject) -> None:
        place = f"{reject.source}, record {reject.number}" if reject.number else reject.source
        self._tell(
            f"rejected ({reject.reason}, {reject.code}): {place}: {reject.message}",
            {"event": "reject", "source": reject.source, "number": reject.number, "reason": reject.reason,
             "code": reject.code, "message": reject.message},
        )  # fmt: skip

    def _tell(self, message: str, event: dict[str, Any]) -> None:
        """Print a line above the bar, or an object."""
        if self._log_json:
            self._log(event)
        elif self._bar is not None:
            self._bar.console.print(message, markup=False, highlight=False, soft_wrap=True)
        else:
            say(message)

    def _log(self, event: dict[str, Any]) -> None:
        say(json.dumps({"time": round(time.time(), 3), **event}, ensure_ascii=False))
