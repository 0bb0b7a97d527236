"""The application that holds the commands."""

import typer

from socialtext.cli.evaluate import evaluate
from socialtext.cli.info import info
from socialtext.cli.normalize import normalize
from socialtext.cli.process import process
from socialtext.cli.report import report
from socialtext.cli.train import train

app = typer.Typer(
    help="Normalize, segment and classify Arabic, Persian and Indonesian marketing text.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(process)
app.command()(normalize)
app.command()(evaluate)
app.command()(report)
app.command()(train)
app.command()(info)
