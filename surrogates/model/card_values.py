"""The entries of a model's card that tables and pages show, one table of their kinds; a card may hold further ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fusiform.solvers.common.errors import is_number, is_whole, require, shown

COUNT, NUMBER, TEXT, TABLE = "a count", "a number", "a text", "a table"
SPREAD = {"median": NUMBER, "p95": NUMBER, "max": NUMBER}
SHARES = {"bodies": COUNT, "outside": COUNT, "drag": NUMBER, "lift": NUMBER}
TRAINING = {"method": TEXT, "rounds": COUNT, "round_steps": COUNT}
TANGENTS = {"bodies": COUNT, "steps": COUNT}
CARD: Mapping[str, Any] = {
    "recipe": {"training": TRAINING, "fit": {"steps": COUNT}, "tangents": TANGENTS},
    "full_solves": COUNT,
    "sip_bodies_drawn": COUNT,
    "sip_bodies_accepted": COUNT,
    "tangent_bodies": COUNT,
    "factorisations": COUNT,
    "dataset_digest": TEXT,
    "heldout_digest": TEXT,
    "heldout": {"cases": COUNT, "drag": SPREAD, "lift": SPREAD, "vorticity": SPREAD, "velocity": SPREAD},
    "versions": TABLE,
    "calibration": SHARES,
}
FITS: Mapping[str, Callable[[Any], bool]] = {
    COUNT: lambda value: is_whole(value) and bool(value >= 0),
    NUMBER: is_number,
    TEXT: lambda value: isinstance(value, str),
    TABLE: lambda value: isinstance(value, dict),
}


def require_card(card: object) -> None:
    """Raise `InputError` unless the entries of `CARD` that the card has are of their kinds."""
    require(isinstance(card, dict), f"expected a table for the card of a model, got {shown(card)}; train it again")
    assert isinstance(card, dict)
    _require_entries(card, {key: kind for key, kind in CARD.items() if key in card}, "the card")


def require_finished(card: Mapping[str, Any], name: str) -> None:
    """Raise `InputError` unless the card has all entries of `CARD`, as it has at the end of a training."""
    missing = [key for key in CARD if key not in card]
    require(
        not missing,
        f"expected a model whose training has ended, got {name!r} without {', '.join(missing)} in its card; run "
        "`fusiform train` to the end",
    )


def _require_entries(values: Mapping[str, Any], kinds: Mapping[str, Any], where: str) -> None:
    for key, kind in kinds.items():
        require(key in values, f"expected {key} in {where} of a model, got none; train it again")
        if isinstance(kind, Mapping):
            _require_kind(values[key], TABLE, key, where)
            _require_entries(values[key], kind, f"{key} in {where}")
        else:
            _require_kind(values[key], kind, key, where)


def _require_kind(value: object, kind: str, key: str, where: str) -> None:
    require(FITS[kind](value), f"expected {kind} for {key} in {where} of a model, got {shown(value)}; train it again")
