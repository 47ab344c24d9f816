"""The section Train as plain data: its choices, and the last state of the runs that was drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Axis(StrEnum):
    """The horizontal axis of the charts, by its label."""

    SECONDS = "Seconds"
    STEPS = "Steps"


@dataclass(frozen=True)
class TrainState:
    """The choices of the section; `recipe` is None until the page is drawn for the first time.

    `root`: the folder of the runs, as written; `methods`: None for the method of the recipe; `error`: the sentence
    about a recipe or a training that was refused; `shown`: True while the training runs, and the number of models, as
    the page was drawn last.
    """

    root: str = ""
    recipe: Path | None = None
    axis: Axis = Axis.SECONDS
    methods: tuple[str, ...] | None = None
    error: str | None = None
    shown: tuple[bool, int] | None = None
