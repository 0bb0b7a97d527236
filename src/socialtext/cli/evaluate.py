"""``evaluate``: predicted documents against annotated ones."""

import json
from pathlib import Path
from typing import Annotated

import typer

from socialtext.cli.console import say

N_IDS_SHOWN = 5


def evaluate(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="Annotated documents: a .jsonl or .json file, or a folder of them.")
    ],
    predicted: Annotated[
        Path,
        typer.Argument(metavar="PREDICTED", help="The same documents as `process --records documents` wrote them."),
    ],
    json_: Annotated[bool, typer.Option("--json", help="As one JSON object, with more figures.")] = False,
) -> None:
    """Measure predicted documents: blocks, sentences, advice units, advice and themes, for each language and for all.

    Documents find each other by their id. A document without a prediction counts as one in which nothing was found.

    Example: socialtext process corpora/articles -o found.jsonl --records documents && socialtext evaluate
    corpora/articles.jsonl found.jsonl
    """
    from socialtext.evaluation.documents import evaluate_documents, read_documents

    evaluation = evaluate_documents(read_documents(gold), read_documents(predicted))
    if evaluation.missing:
        say(f"warning: no prediction for {_name(evaluation.missing)}: counted as found nothing")
    if evaluation.unknown:
        say(f"warning: no gold for {_name(evaluation.unknown)}: not counted")
    facts = evaluation.as_dict()
    if json_:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    langs = list(evaluation.scores)
    typer.echo(f"{'':34}" + "".join(f"{lang:>8}" for lang in langs))
    for name, path in ROWS:
        cells = []
        for lang in langs:
            value = facts[lang]
            for step in path.split("."):
                value = value[step]
            cells.append(f"{'–' if value is None else value if isinstance(value, int) else f'{value:.3f}':>8}")
        typer.echo(f"{name:34}" + "".join(cells))


def _name(ids: tuple[str, ...]) -> str:
    return ", ".join(ids[:N_IDS_SHOWN]) + (f" and {len(ids) - N_IDS_SHOWN} more" if len(ids) > N_IDS_SHOWN else "")


# Name of the row, and where its figure stands in the JSON object.
ROWS = (
    ("documents", "n_documents"),
    ("units", "n_units"),
    ("headings, F1 of lines", "blocks.heading"),
    ("paragraphs", "blocks.paragraph"),
    ("list items", "blocks.list_item"),
    ("boilerplate", "blocks.boilerplate"),
    ("sentence ends, F1", "sentence_f1"),
    ("unit boundary similarity B", "unit_similarity"),
    ("unit P_k (0 is best)", "unit_p_k"),
    ("unit WindowDiff (0 is best)", "unit_window_diff"),
    ("units exactly right, F1", "unit_exact_f1"),
    ("advice, F1 over gold units", "advice_f1"),
    ("themes, F1 over gold units:", "themes.macro"),
    ("  engagement", "themes.engagement"),
    ("  channel_choice", "themes.channel_choice"),
    ("  social_commerce", "themes.social_commerce"),
    ("  data", "themes.data"),
    ("  none", "themes.none"),
    ("themes, F1 by character: macro", "themes_by_character.macro"),
    ("advice, F1 by character", "advice_f1_by_character"),
    ("main theme right, by character", "main_theme_accuracy"),
    ("calibration error (0 is best)", "calibration_error"),
    ("content found", "content_recall"),
    ("noise let in", "noise"),
)
