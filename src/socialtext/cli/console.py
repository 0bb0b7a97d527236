"""What the commands say on standard error, and when they are silent."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

from socialtext.io.schema import Record, Reject

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

N_REJECTS_SHOWN = 10


def say(message: str) -> None:
    """Print a line on standard error."""
    print(message, file=sys.stderr)  # noqa: T201


def fail(message: str) -> NoReturn:
    """Print an error and exit with 1."""
    say(f"socialtext: {message}")
    sys.exit(1)


class RunReport:
    """Counts of a run: a progress bar where standard error is a terminal, and one line at the end.

    Parameters
    ----------
    n_bytes : int or None
        Size of all input, where it is known.
    noun : str
        What one record is called.
    """

    def __init__(self, n_bytes: int | None, noun: str) -> None:
        self._n_bytes = n_bytes
        self._noun = noun
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._start = 0.0
        self.n_records = 0
        self.n_units = 0
        self.n_rejected = 0
        self.n_read = 0

    def __enter__(self) -> "RunReport":
        self._start = time.perf_counter()
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
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

    def count(self, record: Record, n_units: int = 0) -> None:
        """Count a record that was processed."""
        self.n_records += 1
        self.n_units += n_units
        self.n_read += record.n_bytes
        if record.n_replaced:
            self.tell(
                f"warning: {record.source}, record {record.number}: {record.n_replaced} undecodable places became "
                "U+FFFD; if it is not UTF-8, name its encoding with --encoding"
            )
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self.n_read, description=f"{self.n_records} {self._noun}")

    def reject(self, reject: Reject) -> None:
        """Count a record that was not processed, and show the first few."""
        self.n_rejected += 1
        if self.n_rejected <= N_REJECTS_SHOWN:
            place = f"{reject.source}, record {reject.number}" if reject.number else reject.source
            self.tell(f"rejected ({reject.reason}, {reject.code}): {place}: {reject.message}")
        elif self.n_rejected == N_REJECTS_SHOWN + 1:
            self.tell("more rejects are not shown; --rejects FILE keeps all")

    def tell(self, message: str) -> None:
        """Print a line above the bar."""
        if self._bar is not None:
            self._bar.console.print(message, markup=False, highlight=False, soft_wrap=True)
        else:
            say(message)

    def summarize(self) -> None:
        """Print the one line of counts."""
        seconds = max(time.perf_counter() - self._start, 1e-9)
        mb = self.n_read / 1e6
        units = f", {self.n_units} units" if self.n_units else ""
        say(f"{self.n_records} {self._noun}{units}, {self.n_rejected} rejected, {mb:.2f} MB, {mb / seconds:.2f} MB/s")
