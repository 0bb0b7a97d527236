"""``train``: rebuild a released model from labelled data."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from socialtext.cli.console import say
from socialtext.errors import MissingExtraError


def train(
    what: Annotated[
        Literal["blocks", "units", "themes", "halfspace", "colloquial"],
        typer.Argument(metavar="WHAT", help="The model."),
    ],
    data: Annotated[
        Path,
        typer.Option(
            exists=True,
            file_okay=False,
            help="Folder of the corpora; for halfspace one with perdt-train.txt and, better, Lilak's index.dic, "
            "for colloquial one with stif-train.inf and stif-train.for.",
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the model.")],
) -> None:
    """Rebuild a model: the same data gives the same bytes.

    Example: socialtext train themes --data corpora -o models/themes
    """
    try:
        import sklearn  # noqa: F401

        if what in ("halfspace", "colloquial"):
            import wordfreq  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "ST601", "training needs scikit-learn and wordfreq: pip install 'socialtext[train]'"
        ) from error
    from socialtext.training import build

    say(build.train(what, data, output))
