"""The body of equal area with the least drag: gradient-based, guarded, and verified by the flow solver.

Variables √k a_k (real parts alone for a symmetric problem); the area is held by the map itself. SLSQP minimises
C_D / C_D(start) subject to |z'|²/c² ≥ margin² on the outline, which keeps the map univalent and its sharpest edge
within what the grid resolves. Gradients are total derivatives of the model. A trial body that is not valid, or that the
model cannot evaluate, makes the line search step back; the best feasible body is returned whatever ends the run.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor

from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.errors import require
from fusiform.solvers.geometry import Body, is_valid, laurent
from fusiform.solvers.inverse.models import DragModel, SolverModel
from fusiform.solvers.solve import Solution, solve

Array = NDArray[np.float64]
MARGIN = 0.15
OUTLINE_POINTS = 129
STEP_BACK = 10.0
MISLED = 0.05
BLEND_STEPS = 40


@dataclass(frozen=True)
class Iterate:
    """One evaluation of the model: its number, the drag, the best drag so far, and the body's coefficients (K,)."""

    evaluation: int
    drag_coefficient: float
    best_drag_coefficient: float
    coefficients: Tensor


@dataclass(frozen=True)
class OptimizationResult:
    """What `minimize_drag` found.

    `predicted_drag_coefficient` is the model's value for `body`, `predicted_initial_drag_coefficient` that of the start
    as the model sees it; `verified` and `initial` are solver solutions of the optimum and of the start (None when
    verification was not asked for). `success` tells whether the optimiser's own conditions were met; `status` is a
    sentence; `seconds` excludes verification.
    """

    body: Body
    conditions: FlowConditions
    model: str
    predicted_drag_coefficient: float
    predicted_initial_drag_coefficient: float
    success: bool
    status: str
    evaluations: int
    seconds: float
    history: tuple[Iterate, ...]
    initial: Solution | None
    verified: Solution | None

    @property
    def reduction_percent(self) -> float:
        """Reduction of drag in percent of the start's: the solver's where it converged on both, else the model's."""
        start, best = self.initial, self.verified
        if start is None or best is None or not (start.converged and best.converged):
            return 100.0 * (1.0 - self.predicted_drag_coefficient / self.predicted_initial_drag_coefficient)
        return 100.0 * (1.0 - best.drag_coefficient / start.drag_coefficient)

    def summary(self) -> dict[str, Any]:
        """The numbers with their conventions, ready for JSON; the drag is the verified one."""
        best, start = self.verified, self.initial
        numbers = {} if best is None else best.summary()
        return numbers | {
            "body": self.body.name,
            "model": self.model,
            "initial_drag_coefficient": start.drag_coefficient if start is not None and start.converged else None,
            "predicted_drag_coefficient": self.predicted_drag_coefficient,
            "reduction_percent": self.reduction_percent,
            "success": self.success,
            "status": self.status,
            "evaluations": self.evaluations,
            "optimization_seconds": self.seconds,
        }


class _Stopped(Exception):
    """The caller asked to stop."""


class _Objective:
    """Scaled drag and its gradient as SciPy wants them, with the guard and the record of the best body."""

    def __init__(
        self,
        start: Tensor,
        conditions: FlowConditions,
        model: DragModel,
        symmetric: bool,
        callback: Callable[[Iterate], bool | None] | None,
    ) -> None:
        self.model, self.symmetric, self.callback = model, symmetric, callback
        self.scale = torch.sqrt(laurent.modes(start[None]))
        self.reynolds = torch.tensor([conditions.reynolds], dtype=torch.float64)
        self.alpha = torch.tensor([math.radians(conditions.alpha_deg)], dtype=torch.float64)
        self.history: list[Iterate] = []
        self.best: Tensor = start
        self.best_drag = math.inf
        self._last_gradient = np.zeros(len(self.pack(start)))
        angle = torch.linspace(0.0, math.pi if symmetric else 2.0 * math.pi, OUTLINE_POINTS, dtype=torch.float64)
        w = torch.polar(torch.ones_like(angle), -angle)
        k = torch.arange(1, len(start) + 1)
        self._powers = -(k * w[:, None] ** (k + 1)) / self.scale

    def pack(self, coefficients: Tensor) -> Array:
        """Coefficients (K,) to scaled variables."""
        scaled = coefficients * self.scale
        return (scaled.real if self.symmetric else torch.cat([scaled.real, scaled.imag])).numpy()

    def unpack(self, x: Tensor) -> Tensor:
        """Scaled variables to coefficients (K,) complex, differentiable."""
        if self.symmetric:
            return torch.complex(x, torch.zeros_like(x)) / self.scale
        return torch.complex(*x.chunk(2)) / self.scale

    def __call__(self, variables: Array) -> tuple[float, Array]:
        x = torch.from_numpy(variables.copy()).requires_grad_()
        coefficients = self.unpack(x)
        if not bool(is_valid(coefficients.detach()[None])):
            return STEP_BACK, self._last_gradient
        turned = laurent.rotate(coefficients[None], self.alpha)
        drag = self.model.force_coefficients(turned, self.reynolds).real[0]
        value = float(drag.detach())
        if not math.isfinite(value):
            return STEP_BACK, self._last_gradient
        (gradient,) = torch.autograd.grad(drag, x)
        self._record(value, variables, coefficients.detach())
        first = self.history[0].drag_coefficient
        self._last_gradient = gradient.numpy() / first
        return value / first, self._last_gradient

    def _record(self, drag: float, variables: Array, coefficients: Tensor) -> None:
        if drag < self.best_drag and self.margin(variables).min() > -1e-6:
            self.best, self.best_drag = coefficients, drag
        iterate = Iterate(len(self.history) + 1, drag, self.best_drag, coefficients)
        self.history.append(iterate)
        if self.callback is not None and self.callback(iterate):
            raise _Stopped

    def _slope(self, variables: Array) -> Tensor:
        x = torch.from_numpy(variables)
        scaled = x.to(torch.complex128) if self.symmetric else torch.complex(*x.chunk(2))
        return 1.0 + self._powers @ scaled

    def margin(self, variables: Array) -> Array:
        """|z'|²/c² − margin² on the outline, ≥ 0 when feasible."""
        return (self._slope(variables).abs().square() - MARGIN**2).numpy()

    def margin_jacobian(self, variables: Array) -> Array:
        product = 2.0 * self._slope(variables).conj()[:, None] * self._powers
        return (product.real if self.symmetric else torch.cat([product.real, -product.imag], dim=1)).numpy()


def minimize_drag(
    body: Body,
    conditions: FlowConditions,
    *,
    model: DragModel | None = None,
    max_iterations: int = 80,
    tolerance: float = 1e-7,
    verify: str | None = "fine",
    callback: Callable[[Iterate], bool | None] | None = None,
) -> OptimizationResult:
    """Find the body of `body`'s area with the least drag at `conditions`.

    `model` predicts the forces (default: `SolverModel`, on one grid); the search runs over its number of modes,
    from `body` with as many modes. A body symmetric about the x axis at zero incidence stays so. `tolerance` is
    SLSQP's, relative to the start's drag. `verify` names the solver grid on which start and optimum are solved
    afterwards, or None. `callback` is called at each evaluation and stops the run by returning True. The reference
    length is kept.
    """
    require(
        max_iterations >= 1 and 0 < tolerance < 1,
        f"expected at least one iteration and a tolerance between 0 and 1, got {max_iterations} and {tolerance}; "
        "choose for example 80 and 1e-7",
    )
    model = SolverModel() if model is None else model
    begun = time.perf_counter()
    symmetric = body.is_symmetric() and conditions.alpha_deg == 0.0
    start = _feasible_start(body, model.modes)
    objective = _Objective(start, conditions, model, symmetric, callback)
    success, status = _search(objective, start, max_iterations, tolerance)
    optimum = replace(body, coefficients=objective.best, name=f"{body.name}-optimized", fit_error=0.0)
    seconds = time.perf_counter() - begun
    verified = initial = None
    if verify is not None:
        initial = solve(body, conditions, grid=verify)
        verified = solve(optimum, conditions, grid=verify)
        status += _verification_status(initial, verified, objective.best_drag)
    return OptimizationResult(
        body=optimum,
        conditions=conditions,
        model=model.name,
        predicted_drag_coefficient=objective.best_drag,
        predicted_initial_drag_coefficient=objective.history[0].drag_coefficient,
        success=success,
        status=status,
        evaluations=len(objective.history),
        seconds=seconds,
        history=tuple(objective.history),
        initial=initial,
        verified=verified,
    )


def _verification_status(initial: Solution, verified: Solution, predicted: float) -> str:
    """What to add to the status where the solver could not confirm the result, or contradicts it."""
    if not (initial.converged and verified.converged):
        which = "optimum" if initial.converged else "start"
        return f" Not verified: the solver did not converge on the {which}."
    if verified.drag_coefficient > initial.drag_coefficient:
        return " The solver finds more drag than at the start: the model misled the search, use the solver as model."
    off = predicted / verified.drag_coefficient - 1.0
    if abs(off) > MISLED:
        return f" The model's drag is {off:+.0%} off the solver's: the optimum is only as good as the model is."
    return ""


def _feasible_start(body: Body, modes: int) -> Tensor:
    """The body's coefficients with `modes` modes, blended towards the circle as little as makes them feasible."""
    coefficients = body.with_modes(modes).coefficients
    for step in range(BLEND_STEPS):
        trial = coefficients * (1.0 - step / BLEND_STEPS)
        slope = laurent.z_prime(trial[None], _unit_circle()) / laurent.conformal_radius(trial[None])
        if bool(is_valid(trial[None])) and float(slope.abs().min()) >= MARGIN:
            return trial
    return torch.zeros_like(coefficients)


def _unit_circle() -> Tensor:
    angle = torch.linspace(0.0, 2.0 * math.pi, 2 * OUTLINE_POINTS - 1, dtype=torch.float64)
    return torch.polar(torch.ones_like(angle), angle)[None]


def _search(objective: _Objective, start: Tensor, max_iterations: int, tolerance: float) -> tuple[bool, str]:
    try:
        found = minimize(
            objective,
            objective.pack(start),
            jac=True,
            method="SLSQP",
            constraints={"type": "ineq", "fun": objective.margin, "jac": objective.margin_jacobian},
            options={"maxiter": max_iterations, "ftol": tolerance},
        )
    except _Stopped:
        return False, f"Stopped on request after {len(objective.history)} evaluations; this is the best body so far."
    require(
        len(objective.history) > 0,
        f"expected a start that {objective.model.name} can evaluate, got one it cannot; try a smoother body or other "
        "conditions",
    )
    if found.success:
        return True, f"Converged: the drag changes by less than {tolerance:g} of the start's between iterations."
    return False, f"Ended before convergence ({str(found.message).lower()}); this is the best body so far."
