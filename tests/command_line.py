"""Calls of the command line within the process of a test, and the keys of their JSON objects."""

from __future__ import annotations

import json
from typing import Any

from typer.testing import CliRunner, Result

from fusiform.app.commands.command_group import cli

COMMON = {
    "drag_coefficient",
    "drag_pressure",
    "drag_friction",
    "lift_coefficient",
    "reynolds",
    "alpha_deg",
    "reference_length",
    "area",
    "converged",
    "seconds",
}
SOLVED = COMMON | {
    "drag_error",
    "lift_error",
    "accurate",
    "elements",
    "front_pressure_coefficient",
    "front_pressure_nearby",
    "front_pressure_change",
    "base_pressure_change",
    "base_pressure_coefficient",
    "base_pressure_nearby",
    "recirculation_length",
    "separation_points",
    "attachment_points",
}
OPTIMIZE = SOLVED | {
    "initial_drag_coefficient",
    "predicted_drag_coefficient",
    "reduction_percent",
    "status",
    "evaluations",
    "files",
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), prog_name="fusiform")


def numbers(*arguments: str) -> dict[str, Any]:
    """The JSON object that a command prints as its whole standard output."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    value = json.loads(result.stdout)
    assert isinstance(value, dict)
    return value
