"""Verification and provenance of a result in a project file: tables of plain values, checked by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fusiform.solvers.common.errors import is_number, require, shown

LONGEST_TEXT, LONGEST_LIST = 20_000, 1000
NUMBERS = ("_coefficient", "_error", "_length", "value", "reynolds", "alpha_deg", "area", "seconds")  # ends of keys
FLAGS = ("converged", "accurate")
VERIFIED = ("drag_coefficient", "lift_coefficient", "weighted_drag_coefficient", "weighted_initial_drag_coefficient")
POINT = ("drag_coefficient", "initial_drag_coefficient", "lift_coefficient", *FLAGS, "status")


def checked_verification(values: Any, points: int) -> dict[str, Any]:
    """The numbers of a verification at that many design points, or none; `InputError` for anything else."""
    require(isinstance(values, Mapping), f"expected a table for verification, got {shown(values)}; correct it")
    if not values:
        return {}
    missing = [key for key in (*VERIFIED, *FLAGS, "points") if key not in values]
    require(not missing, f"expected {', '.join(missing)} in verification, got none; add what is missing")
    at = values["points"]
    require(
        isinstance(at, list) and len(at) == points and all(isinstance(entry, Mapping) for entry in at),
        f"expected a table for each of the {points} design points in verification, got {shown(at)}; correct it",
    )
    for table in ({key: value for key, value in values.items() if key != "points"}, *at):
        _require_numbers(table)
    for entry in at:
        conditions = ("reynolds", "alpha_deg", "weight")
        known = all(is_number(entry.get(key)) for key in conditions) and all(key in entry for key in POINT)
        require(
            known, f"expected {', '.join((*conditions, *POINT))} at each point of verification, got fewer; add them"
        )
    drag = values["weighted_initial_drag_coefficient"]
    require(drag is None or drag != 0.0, "expected a drag of the start other than 0, got 0; correct it")
    return dict(values)


def _require_numbers(table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if key in FLAGS:
            good = isinstance(value, bool)
        elif key.endswith(NUMBERS):
            good = value is None or is_number(value)
        elif key.endswith("_points"):
            good = isinstance(value, list) and len(value) <= LONGEST_LIST and all(map(_is_pair, value))
        elif key.endswith("_nearby"):
            good = value is None or _is_pair(value)
        elif key == "status":
            good = isinstance(value, str) and len(value) <= LONGEST_TEXT
        else:
            good = _is_plain(value)
        require(good, f"expected another kind of value for {key[:40]} of verification, got {shown(value)}; correct it")


def checked_provenance(values: Any) -> dict[str, Any]:
    """The versions and the seed of a result; `InputError` for anything but texts and numbers."""
    good = isinstance(values, Mapping) and len(values) <= LONGEST_LIST and all(map(_is_plain, values.values()))
    require(good, f"expected a table of texts and numbers for provenance, got {shown(values)}; correct it")
    return dict(values)


def _is_plain(value: Any) -> bool:
    """True for a text, a number, true, false and none."""
    text = isinstance(value, str) and len(value) <= LONGEST_TEXT
    return value is None or text or isinstance(value, bool) or is_number(value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(is_number, value))
