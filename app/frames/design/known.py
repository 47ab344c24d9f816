"""All answers about the present design: the model's, the solver's, and the refined flow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fusiform.app.background.refinement import Refined, refined
from fusiform.app.drawings.sensitivity import Sensitivity
from fusiform.app.frames.shared import cached
from fusiform.app.frames.shared.formatting import sentence
from fusiform.app.results.kept_results import Answer
from fusiform.app.state.session import DragSource, Session
from fusiform.solvers import InputError
from fusiform.solvers.common.errors import require
from fusiform.surrogates import FlowPrediction


@dataclass(frozen=True)
class Known:
    """The answers about a design; None for those that do not exist.

    `predicted` is the surrogate's answer, `before` its answer for the design as it was opened, at the present
    conditions, `trouble` the reason if it has none; `key` identifies the question. `refined` is the refined flow of
    `predicted`, `failed` says that the search for it ended without one. `solved` is the solver's answer; without one of
    a surrogate it comes at once for a body of revolution, with `solved_before`, that for the design as it was opened,
    and with the `sensitivity` of the drag.
    """

    predicted: FlowPrediction | None = None
    before: FlowPrediction | None = None
    key: cached.PredictionKey | None = None
    trouble: str | None = None
    refined: Refined | None = None
    failed: bool = False
    solved: Answer | None = None
    solved_before: Answer | None = None
    sensitivity: Sensitivity | None = None

    @property
    def answer(self) -> FlowPrediction | Answer | None:
        """The answer whose forces are shown: the surrogate's, else the solver's."""
        return self.solved if self.predicted is None else self.predicted

    @property
    def awaited(self) -> bool:
        """True while a refined flow is to come."""
        return self.predicted is not None and self.refined is None and not self.failed


def known(session: Session) -> Known:
    """The answers about the present design, the surrogate's unless the solver alone is to answer."""
    now, folder = session.design.present, session.settings.folder
    solved = session.solved.get(session.solved_key)
    if session.settings.model != DragSource.SURROGATE:
        return _by_the_solver(session, solved, None)
    try:
        predicted = cached.prediction(folder, now.body, now.conditions)
        before = cached.prediction(folder, session.design.start.body, now.conditions)
        _require_finite(predicted, before)
    except InputError as error:
        return _by_the_solver(session, solved, sentence(str(error)))
    key = cached.prediction_key(folder, now.body, now.conditions)
    ended = session.refining is not None and session.refining.key == key and session.refining.over
    flow = refined(key)  # after the question whether the search has ended
    return Known(predicted, before, key, None, flow, ended and flow is None, solved)


def _by_the_solver(session: Session, solved: Answer | None, trouble: str | None) -> Known:
    """The solver's answers: about a plane body if it was asked, about one of revolution at once, in hundredths of a
    second."""
    now, grid = session.design.present, session.settings.grid
    if not now.revolution:
        return Known(trouble=trouble, solved=solved)
    try:
        mine = cached.solved(now.body, now.conditions, grid)
        before = cached.solved(session.design.start.body, now.conditions, grid)
    except InputError as error:
        return Known(trouble=trouble or sentence(str(error)))
    return Known(trouble=trouble, solved=mine.answer, solved_before=before.answer, sensitivity=mine.sensitivity)


def _require_finite(*answers: FlowPrediction) -> None:
    """Raise `InputError` unless the forces of all answers are numbers."""
    require(
        all(math.isfinite(answer.drag_coefficient + answer.lift_coefficient) for answer in answers),
        "expected forces from the model, got numbers that are not finite; ask the solver, or choose another model",
    )
