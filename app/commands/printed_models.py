"""Printing the measured errors of trained models side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Column, Table

from fusiform.app.commands.printed_result import make_console, print_json

if TYPE_CHECKING:
    from fusiform.surrogates import Surrogate


def print_models(surrogates: list[Surrogate], as_json: bool) -> None:
    """Print the cards of `surrogates`: a column each, or one JSON object by name."""
    if as_json:
        print_json({surrogate.name: surrogate.card for surrogate in surrogates})
        return
    from fusiform.surrogates.quality.model_card import DEFINITIONS, comparison_table

    header, *rows = comparison_table(surrogates)
    table = Table(*(Column(name, overflow="fold") for name in ("", *(row[0] for row in rows))))
    for label, *values in list(zip(header, *rows, strict=True))[1:]:
        table.add_row(label, *values)
    console = make_console()
    console.print(table)
    console.print(DEFINITIONS, highlight=False)
