"""The flow as a physics for the update rules of `training/`: residual, its Jacobian, and two inverses.

Outputs y (batch, r + 4) are basis coefficients and the four force coefficients over C₀(Re), as the network gives them;
`batch.data` = (coefficients (batch, K), turned by the incidence, reynolds (batch,)). With q(y) the state,

    rows:  R(q)/√(m Σ m)  at the n nodes of both equations,  the two closures,  y_F − F(q(y))/C₀ .

R are sums over the elements and m the area of a node: the first rows are those of `weak_form.residual_norm`. The last
tie the force outputs, which enter the equations only through Q and Γ, to the predicted fields at the wall.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fusiform.solvers.common.batches import concatenate
from fusiform.solvers.flow import Domain, Problem, State, force_coefficients, residual, solve_batch, state_inverse
from fusiform.surrogates.model.flow_basis import LinearBasis, decode_state, encode_state
from fusiform.surrogates.model.force_scaling import drag_scale, force_outputs, force_scalars
from fusiform.surrogates.model.layout import FORCES
from fusiform.surrogates.model.network import EquivariantNetwork
from fusiform.surrogates.training import Batch, Inverse


class PairInputs(nn.Module):
    """The network as a function of (batch, 2, inputs): features of the body and of its mirror image, batch first."""

    def __init__(self, network: EquivariantNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pair: Tensor) -> Tensor:
        return self.network.from_pair(pair.movedim(1, 0))


def flow_batch(network: EquivariantNetwork, coefficients: Tensor, reynolds: Tensor) -> Batch:
    """Inputs for `PairInputs` and the data of `FlowPhysics` for bodies at incidence."""
    return Batch.of(network.pair(coefficients, reynolds).movedim(0, 1), coefficients, reynolds)


@dataclass(frozen=True)
class FlowPhysics:
    """Steady flows in a linear basis; its inverse is the state inverse.

    `polynomial`: C₀(Re), see `drag_scale`. The inverse makes one update of `chord_steps` more steps with the
    same factors; a target is accepted if the last step was shorter than `accept`, and worth another update if not.
    Inverses are computed `at_once` bodies at a time, which bounds the memory of the factors.
    """

    basis: LinearBasis
    polynomial: Tensor
    chord_steps: int = 8
    accept: float = 0.02
    at_once: int = 16

    def problem(self, batch: Batch) -> Problem:
        """The discretised problems of a batch."""
        return self.basis.problem(*batch.data)

    def state(self, problem: Problem, outputs: Tensor) -> State:
        """q(y)."""
        outputs = outputs.to(problem.area)
        scalars = force_scalars(problem, outputs[:, -FORCES:] * self._scale(problem))
        return decode_state(self.basis, problem, outputs[:, :-FORCES], scalars)

    def outputs(self, problem: Problem, state: State) -> Tensor:
        """The outputs that stand for a state: its projection on the basis, and its forces."""
        return torch.cat([encode_state(self.basis, problem, state), self._forces(problem, state)], dim=1)

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        """The rows above, (batch, 2n + 6)."""
        return self._rows(self.problem(batch), outputs)

    def jacobian(self, outputs: Tensor, batch: Batch) -> Tensor:
        """∂R/∂y (batch, 2n + 6, r + 4): the rows are quadratic in y, so that central differences are exact."""
        problem = self.problem(batch)
        unit = torch.eye(outputs.shape[1], dtype=outputs.dtype, device=outputs.device)

        def along(direction: Tensor) -> Tensor:
            return 0.5 * (self._rows(problem, outputs + direction) - self._rows(problem, outputs - direction))

        slopes: Tensor = torch.func.vmap(along)(unit)
        return slopes.permute(1, 2, 0)

    def inverse(self, outputs: Tensor, batch: Batch) -> Inverse:
        """The state inverse; refused where the first step does not lower the residual."""
        parts = torch.split(torch.arange(len(batch), device=outputs.device), self.at_once)
        answers = [self._invert(outputs[part], batch.select(part)) for part in parts]
        return answers[0] if len(answers) == 1 else concatenate(answers)

    def _invert(self, outputs: Tensor, batch: Batch) -> Inverse:
        problem = self.problem(batch)
        answer = state_inverse(problem, self.state(problem, outputs), self.chord_steps)
        good = answer.reduced & (answer.last_step < self.accept)
        return Inverse(self.outputs(problem, answer.state).to(outputs), good, answer.reduced)

    def _rows(self, problem: Problem, outputs: Tensor) -> Tensor:
        state = self.state(problem, outputs)
        r = residual(problem, state)
        area = problem.area
        weight = (area * area.sum((1, 2), keepdim=True)).rsqrt()
        consistency = outputs[:, -FORCES:] - self._forces(problem, state)
        return torch.cat([(weight * r.phi).flatten(1), (weight * r.omega).flatten(1), r.scalars, consistency], dim=1)

    def _forces(self, problem: Problem, state: State) -> Tensor:
        return force_outputs(*force_coefficients(problem, state)) / self._scale(problem)

    def _scale(self, problem: Problem) -> Tensor:
        return drag_scale(self.polynomial, 1.0 / problem.viscosity)[:, None]


@dataclass(frozen=True)
class SolvedFlows(FlowPhysics):
    """The same with full solves as its inverse: supervised training, with labels made when they are first needed."""

    def _invert(self, outputs: Tensor, batch: Batch) -> Inverse:
        """A cold solve; the outputs are not used."""
        coefficients, reynolds = batch.data
        domain = Domain.MERIDIAN if self.basis.revolution else None
        flow = solve_batch(coefficients, reynolds, self.basis.resolution, continuation=False, domain=domain)
        answer = self.outputs(flow.problem, flow.state).to(outputs)
        return Inverse(answer, flow.converged, torch.zeros_like(flow.converged))
