"""What the optimiser asks of a drag model, and the flow solver as one."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from fusiform.solvers.flow import ACCURACIES, Resolution, State, steady_forces


class DragModel(Protocol):
    """Something that predicts forces, differentiably. `modes`: how many map coefficients it understands."""

    @property
    def name(self) -> str: ...

    @property
    def modes(self) -> int: ...

    def force_coefficients(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        """C_D + i C_L (batch,) for `coefficients` (batch, modes) complex128 at incidence and `reynolds` (batch,).

        NaN for a body that the model cannot evaluate; first derivatives by autograd.
        """
        ...


class SolverModel:
    """The flow solver on one grid and device; each call starts from the previous call's state.

    The grid stays the same during a search, so that the drag is a smooth function of the shape. `resolution` None: the
    first grid of `standard` for the largest Reynolds number of the call.
    """

    def __init__(
        self, resolution: Resolution | None = None, modes: int = 10, device: torch.device | str = "cpu"
    ) -> None:
        self.name = "solver" if resolution is None else f"solver ({resolution.n_xi} x {resolution.n_eta})"
        self.modes = modes
        self._device = device
        self._resolution = resolution
        self._state: State | None = None

    def force_coefficients(self, coefficients: Tensor, reynolds: Tensor) -> Tensor:
        home = coefficients.device
        coefficients, reynolds = coefficients.to(self._device), reynolds.to(self._device)
        resolution = self._resolution or ACCURACIES["standard"].start(float(reynolds.max()))
        start = self._state
        if start is not None and start.psi.shape != (len(reynolds), resolution.n_xi, resolution.n_eta):
            start = None
        forces, flow = steady_forces(coefficients, reynolds, resolution, start)
        if start is not None and not bool(flow.converged.all()):
            forces, flow = steady_forces(coefficients, reynolds, resolution)
        if bool(flow.converged.all()):
            self._state = flow.state
        return torch.where(flow.converged, forces, torch.full_like(forces, torch.nan)).to(home)
