"""Tables of results: the same text in the terminal and in ``README.md``."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table: a sentence above it, the names of its columns, rows of cells, and notes below it."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def __str__(self) -> str:
        """Return the table as Markdown, its columns aligned."""
        cells = [[escape(cell) for cell in row] for row in (self.columns, *self.rows)]
        widths = [max(3, *(len(row[at]) for row in cells)) for at in range(len(self.columns))]
        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        lines = [
            "| "
            + " | ".join(
                cell.ljust(width) if at == 0 else cell.rjust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            + " |"
            for row in (cells[0], rule, *cells[1:])
        ]
        notes = "".join(f"- {escape(note)}\n" for note in self.notes)
        return f"**{self.title}**\n\n" + "\n".join(lines) + "\n" + (f"\n{notes}" if notes else "")


def escape(cell: str) -> str:
    """Return a cell without what would end it."""
    return cell.replace("|", "\\|").replace("\n", " ")


def percent(share: float) -> str:
    """Return a share as per cent, with one decimal."""
    return f"{100 * share:.1f}"


def speed(row: dict[str, object]) -> str:
    """Return the MB per CPU second of a row; a dash where its output is not that of the release."""
    value = row["mb_per_s"]
    assert isinstance(value, float)
    return "–" if row.get("as_released") is False else digits(value)


def digits(value: float) -> str:
    """Return a number with three digits that count, and never an exponent."""
    for limit, n_decimals in ((99.95, 0), (9.995, 1), (0.9995, 2)):
        if value >= limit:
            return f"{value:,.{n_decimals}f}"
    return f"{value:.3g}" if value >= 1e-4 else "0"
