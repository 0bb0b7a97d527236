"""``report``: one page to look at."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from socialtext.cli.console import count, say
from socialtext.errors import MissingExtraError

MAX_UNITS = 50_000


def report(
    result: Annotated[
        str,
        typer.Argument(
            metavar="RESULT",
            help="What process wrote: units or documents, .jsonl, .csv, .parquet, or a folder of them.",
        ),
    ],
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE.html", help="The page.")],
    rejects: Annotated[
        str | None, typer.Option(metavar="FILE", help="What process --rejects kept, to be shown too.")
    ] = None,
    max_units: Annotated[
        int,
        typer.Option(min=1, help="Show whole documents up to so many units, drawn evenly; counts are of all."),
    ] = MAX_UNITS,
) -> None:
    """Make one self-contained HTML page of what is in a processed corpus.

    Results of process --records documents --with-text are shown as whole pages, with boilerplate and what normalizing
    changed; other results as their units. Charts need the extra report.

    Example: socialtext report units.parquet -o page.html --rejects rejects.jsonl
    """
    from rich.console import Console
    from rich.progress import track

    from socialtext.report.charts import draw_charts
    from socialtext.report.content import build_content
    from socialtext.report.page import SUFFIXES, render_page, write_page
    from socialtext.report.results import read_documents, read_rejects

    if Path(output).suffix not in SUFFIXES:
        raise typer.BadParameter(f"{output!r} must end in .html", param_hint="'--output'")
    rows = read_rejects(rejects) if rejects else None
    watch = partial(track, description="marking", console=Console(stderr=True), transient=True)
    content = build_content(
        read_documents(result),
        rows,
        source=Path(result).name,
        max_units=max_units,
        watch=watch if sys.stderr.isatty() else iter,
    )
    try:
        charts = draw_charts(content)
    except MissingExtraError as error:
        say(f"without charts: {error.message}")
        charts = ""
    size = write_page(output, render_page(content, charts))
    totals = content["totals"].values()
    n_units, n_shown = sum(own["units"] for own in totals), sum(len(own["units"]) for own in content["documents"])
    shown = f" ({n_shown} of them shown)" if n_shown < n_units else ""
    documents = count(sum(own["documents"] for own in totals), "documents")
    say(f"{documents}, {count(n_units, 'units')}{shown}, {size / 1e6:.2f} MB: {output}")
