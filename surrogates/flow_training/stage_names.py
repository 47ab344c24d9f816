"""The names of the stages of a run in the order of its recipe; each stage has a folder of its name."""

from __future__ import annotations

SUPERVISED, TANGENTS, FINISH = "supervised", "tangents", "finish"


def round_name(method: str, number: int) -> str:
    """The name of round `number`, counted from 1, of a training by `method`."""
    return f"{method}-{number}"


def stage_names(method: str, rounds: int, *, tangents: bool, finish: bool) -> list[str]:
    """The supervised start, the rounds of a method that has them, the round of tangents, and the last fit."""
    names = [SUPERVISED]
    if method != SUPERVISED:
        names += [round_name(method, number) for number in range(1, rounds + 1)]
    return names + [TANGENTS] * tangents + [FINISH] * finish
