"""The application that holds the commands."""

from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from socialtext.cli.evaluate import evaluate
from socialtext.cli.info import info
from socialtext.cli.normalize import normalize
from socialtext.cli.process import process
from socialtext.cli.report import report
from socialtext.cli.train import train


class Command(TyperCommand):
    """A command whose usage names its arguments as they are (``INPUT...``), and whose errors are plain sentences."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what stands behind the name of the command."""
        names = [str(item.metavar) for item in self.get_params(ctx) if item.param_type_name == "argument"]
        return ["[OPTIONS]", *names]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; what a value cannot be is told without the words of the library that checks it."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            message = error.message.removeprefix("Value error, ")
            error.message = message.replace("Input should be", "it must be", 1)
            raise


app = typer.Typer(
    help="Normalize, segment and classify Arabic, Persian and Indonesian marketing text.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"socialtext {version('socialtext')}")
        raise typer.Exit


@app.callback()
def choose_command(
    version_: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


app.command(cls=Command)(process)
app.command(cls=Command)(normalize)
app.command(cls=Command)(evaluate)
app.command(cls=Command)(report)
app.command(cls=Command)(train)
app.command(cls=Command)(info)
