"""The interface of a drag model to the optimiser, and the flow solver as one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from fusiform.solvers.common.errors import require
from fusiform.solvers.flow import ACCURACIES, Domain, Resolution, State, steady_forces
from fusiform.solvers.geometry import Body

NODES_PER_MODE, MOST_ELEMENTS = 8, 48


class ModelKind(StrEnum):
    """The kind of drag model that a search used; project files hold its value.

    Examples
    --------
    >>> from fusiform.solvers.inverse import ModelKind, SolverModel
    >>> ModelKind.of(SolverModel()) is ModelKind.SOLVER
    True
    """

    SOLVER = "solver"
    """The flow solver, `SolverModel`."""
    SURROGATE = "surrogate"
    """Any other model."""

    @classmethod
    def of(cls, model: DragModel) -> ModelKind:
        """The kind of `model`."""
        return cls.SOLVER if isinstance(model, SolverModel) else cls.SURROGATE


@runtime_checkable
class DragModel(Protocol):
    """A differentiable prediction of the forces on a body: the flow solver, a surrogate, or a model of your own.

    A model of bodies of revolution has an attribute `revolution` that is True. With the option `min_confidence` the
    optimiser asks for a `ConfidentModel`.

    Examples
    --------
    A model that prefers a little slenderness, and the optimum that follows from it:

    >>> import torch
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import minimize_drag
    >>> class Parabola:
    ...     name, modes = "parabola", 3
    ...     def force_coefficients(self, coefficients, reynolds):
    ...         drag = 2.0 - coefficients[:, 0].real + coefficients.abs().square().sum(1)
    ...         return drag.to(torch.complex128)
    >>> best = minimize_drag(Body.circle(), FlowConditions(1.0), model=Parabola(), verify=None)
    >>> round(best.fun, 3), round(best.body.coefficients[0].real.item(), 2)
    (1.75, 0.5)
    """

    @property
    def name(self) -> str:
        """Name in results and files."""
        ...

    @property
    def modes(self) -> int:
        """Number of map coefficients of the bodies that the model predicts; the search runs over these."""
        ...

    def force_coefficients(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """Drag and lift coefficients as C_D + i C_L.

        Parameters
        ----------
        coefficients : Tensor, shape (batch, modes), complex128
            Map coefficients of the bodies, turned by the incidence.
        reynolds : Tensor, shape (batch,)
            Reynolds numbers on d = √(4A/π).

        Returns
        -------
        Tensor, shape (batch,), complex128
            NaN for a body that the model cannot evaluate; first derivatives by autograd, NaN where it has none.
        """
        ...


@runtime_checkable
class ConfidentModel(DragModel, Protocol):
    """A drag model with a confidence in each of its predictions.

    Examples
    --------
    A model that is confident near the circle alone, and the optimum at the least confidence that is allowed:

    >>> import torch
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import minimize_drag
    >>> class Wary:
    ...     name, modes = "wary", 3
    ...
    ...     def force_coefficients(self, coefficients, reynolds):
    ...         return (2.0 - coefficients[:, 0].real).to(torch.complex128)
    ...
    ...     def confidence(self, coefficients, reynolds):
    ...         return 1.0 - coefficients.abs().square().sum(1)
    >>> best = minimize_drag(Body.circle(), FlowConditions(1.0), model=Wary(), min_confidence=0.75, verify=None)
    >>> best.constraints[0].description, round(best.body.coefficients[0].real.item(), 2)
    ('confidence at least 0.75', 0.5)
    """

    def confidence(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """Confidence (batch,) from 0 to 1, with first derivatives by autograd; arguments as in `force_coefficients`."""
        ...


@dataclass(frozen=True)
class SolverModel:
    """The flow solver as a drag model.

    It has no memory: equal questions have equal answers. At one resolution the drag is a smooth function of the shape,
    so a search keeps to that of its start (`fixed_for`); it passes the state of the last body to `forces_near`.

    Parameters
    ----------
    resolution : Resolution, optional
        The elements; by default those that `standard` takes for the bodies of a call or of a search's start, and so
        many around the body that there are eight nodes a mode: a search exploits elements that do not resolve it.
    modes : int
        Number of map coefficients that a search varies.
    device : torch.device or str
        Where the flow is solved.
    revolution : bool
        True for the bodies of revolution with these sections; a search takes it from its body.

    Examples
    --------
    >>> import torch
    >>> from fusiform.solvers.inverse import SolverModel
    >>> circle, reynolds = torch.zeros(1, 2, dtype=torch.complex128), torch.tensor([10.0], dtype=torch.float64)
    >>> forces = SolverModel(modes=2).force_coefficients(circle, reynolds)
    >>> round(forces.real.item(), 2)
    2.75
    """

    resolution: Resolution | None = None
    modes: int = 10
    device: torch.device | str = "cpu"
    revolution: bool = False

    @property
    def name(self) -> str:
        """`solver`, and the elements if they were chosen."""
        return "solver" if self.resolution is None else f"solver ({self.resolution})"

    def fixed_for(self, coefficients: Tensor, reynolds: Tensor) -> SolverModel:
        """The same model with a resolution, by default that of these bodies; arguments as in `force_coefficients`."""
        return replace(self, resolution=self._resolution(coefficients, reynolds))

    def _resolution(self, coefficients: Tensor, reynolds: Tensor) -> Resolution:
        if self.resolution is not None:
            return self.resolution
        domain = self._domain or Domain.PLANE
        chosen = ACCURACIES["standard"].resolution(coefficients.detach(), reynolds, domain)
        needed = NODES_PER_MODE * coefficients.shape[1] / chosen.angular_degree
        elements = max(chosen.angular_elements, min(2 * math.ceil(0.5 * needed), MOST_ELEMENTS))
        return replace(chosen, angular_elements=elements)

    @property
    def _domain(self) -> Domain | None:
        """The meridian, or None for the half or the whole plane, as the bodies have it."""
        return Domain.MERIDIAN if self.revolution else None

    def force_coefficients(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """C_D + i C_L (batch,), see `DragModel.force_coefficients`; NaN where the solver finds no flow."""
        return self.forces_near(coefficients, reynolds, None)[0]

    def forces_near(self, coefficients: Tensor, reynolds: Tensor, start: State | None) -> tuple[Tensor, State | None]:
        """The same with the iteration started from `start`, if its elements fit, and the state for the next call.

        Where that start does not lead to a flow, the solver's own does; the state is then None if that fails as well.
        """
        home = coefficients.device
        coefficients, reynolds = coefficients.to(self.device), reynolds.to(self.device)
        resolution = self._resolution(coefficients, reynolds)
        if start is not None and start.phi.shape != (len(reynolds), resolution.n_xi, resolution.n_eta):
            start = None
        if start is not None:
            start = State(*(t.to(self.device) for t in vars(start).values()))
        forces, flow = steady_forces(coefficients, reynolds, resolution, start, self._domain)
        if start is not None and not bool(flow.converged.all()):
            forces, flow = steady_forces(coefficients, reynolds, resolution, domain=self._domain)
        answers = torch.where(flow.converged, forces, torch.full_like(forces, torch.nan)).to(home)
        return answers, flow.state if bool(flow.converged.all()) else None


def model_for(body: Body, model: DragModel | None) -> DragModel:
    """The model, or the solver, for the kind of the `body`; `InputError` for a model of the other kind."""
    if model is None or isinstance(model, SolverModel):
        return replace(SolverModel() if model is None else model, revolution=body.revolution)
    kind = "bodies of revolution" if body.revolution else "plane bodies"
    require(
        getattr(model, "revolution", False) == body.revolution,
        f"expected a model of {kind}, got {model.name}; leave it out for the kind's own model where there is "
        "one, or take the solver, SolverModel() (on the command line: --model solver)",
    )
    return model
