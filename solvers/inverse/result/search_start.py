"""The start of a run, against which gains are measured: the given body, or the first that satisfies all constraints."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.geometry import Body
from fusiform.solvers.inverse.result.constraint_report import violated
from fusiform.solvers.inverse.search.evaluations import Forces
from fusiform.solvers.inverse.search.run_record import Run

SHARP = "edges that the search resolves"


@dataclass(frozen=True)
class SearchStart:
    """The `body` that gains are measured against, with its `drag_coefficient` and its `value` of the objective's
    quantity, both by the model; the `given_drag_coefficient` of the problem's body, and its `violations` in words. The
    two bodies are the same if there are none."""

    body: Body
    drag_coefficient: float
    value: float
    given_drag_coefficient: float
    violations: tuple[str, ...]

    def sentence(self) -> str:
        """A sentence if the given body is not the start, otherwise nothing."""
        if not self.violations:
            return ""
        known = math.isfinite(self.given_drag_coefficient)
        drag = f" (drag {self.given_drag_coefficient:.4g} by the model)" if known else ""
        return (
            f"The given body{drag} does not satisfy: {' and '.join(self.violations)}. Gains are against the first body "
            f"that satisfies all constraints (drag {self.drag_coefficient:.4g})."
        )


def begin(run: Run) -> tuple[str, ...]:
    """The violations of the given body in words; without any it is the run's `first` body."""
    forces = run.forces(run.given)
    violations = tuple(_violations(run, forces))
    if forces is not None and not violations:
        run.first = run.program.candidate(run.given, forces)
    return violations


def _violations(run: Run, forces: Forces | None) -> list[str]:
    if forces is None:
        return [f"an answer of {run.model.name}"]
    variables, body = run.variables, run.problem.body
    coefficients = body.with_modes(variables.modes).coefficients
    kept = variables.coefficients(torch.from_numpy(run.given)[None])[0]
    imposed = [c.describe() for c in run.problem.constraints if c.imposes_symmetry and not body.is_symmetric()]
    reference = torch.complex(coefficients.real, torch.zeros_like(coefficients.real)) if imposed else coefficients
    sharp = [] if torch.allclose(kept, reference, rtol=0.0, atol=1e-9) else [SHARP]
    return [*violated(run.program, run.given, forces), *imposed, *sharp]


def search_start(run: Run, violations: tuple[str, ...], best: FloatArray) -> SearchStart:
    """The start of a run that ended at `best` (n,): that body itself where no other satisfied all constraints."""
    given, first = run.problem.body, run.first
    x = best if first is None else first.x
    forces = run.forces(x) if first is None else first.forces
    body = given if not violations else run.variables.body_at(x, f"{given.name}-first-feasible")
    drag = math.nan if forces is None else float(run.weights @ forces.drag)
    value = run.predicted_value(x)
    return SearchStart(body, drag, value, _given_drag(run) if violations else drag, violations)


def _given_drag(run: Run) -> float:
    """The model's weighted drag of the given body, with the model's modes; NaN where it has no answer."""
    body = run.problem.body.with_modes(run.variables.modes)
    given = body.coefficients.expand(len(run.problem.points), -1)
    drag = run.forces.force_coefficients(given).real.detach().numpy()
    return float(run.weights @ drag) if np.isfinite(drag).all() else math.nan
