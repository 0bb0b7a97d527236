"""The command line: one module a command; the only place of the package that prints."""

import signal
import sys
from types import FrameType
from typing import Final

# Errors that a look at the command line would have shown, beside values that an option cannot have.
WRONG_USE: Final = frozenset({"ST303", "ST401"})


class Interrupted(BaseException):
    """The user or the system asked the run to stop."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted


def main() -> None:
    """Run the command line and exit with 0 (done), 1 (failed) or 2 (wrong use)."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        _run()
    except Interrupted:
        from socialtext.cli.console import fail

        fail("interrupted: nothing was left under the name of the output")


def _run() -> None:
    from socialtext.cli.app import app
    from socialtext.cli.console import fail
    from socialtext.errors import OptionError, SocialtextError

    try:
        app(prog_name="socialtext", standalone_mode=True)
    except SocialtextError as error:
        fail(str(error), status=2 if isinstance(error, OptionError) or error.code in WRONG_USE else 1)
