"""Steps in time of M ∂q/∂t + R(q) + γ M (ω − ω̄) = 0, M that of h² ∂ω/∂t in E2, wall sums included.

Third-order backward differences (BDF3), and one Newton step from the linear extrapolation q* of the last two states:

    (b₀/Δt M + J + γ M) (q − q*) = −R(q*) − γ M (ω* − ω̄) − M (b₀ q* − Σ aᵢ qᵢ)/Δt,   b₀ = 11/6,  a = 3, −3/2, 1/3.

J is the Jacobian at a q* of at most `REFRESH` steps ago. R is quadratic in q, so that what the Newton step leaves is
(J(q*) − J)(q − q*) + O((q − q*)²), of third order in Δt; with an older J it grows where the wake is fine, as the
explicit part of a semi-implicit scheme does beyond its largest step.

**Sponge.** Far out the elements are too coarse for vortices. There γ (`stability/sponge.py`) damps what swings about
the running mean dω̄/dt = (ω − ω̄)/τ, and leaves the mean wake with its deficit of momentum, which is the drag, alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from torch import Tensor

from fusiform.solvers.flow.condensation.linearisation import Linearisation, linearise
from fusiform.solvers.flow.equations.problem import Problem
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.equations.weak_form import residual_and_forces

LAST, BEFORE = 11.0 / 6.0, (3.0, -1.5, 1.0 / 3.0)
REFRESH = 6


@dataclass(frozen=True)
class Moment:
    """A flow in time after `steps` steps: its last three `states`, the newest first, and the running `mean` ω̄ (1,
    n_xi, n_eta)."""

    steps: int
    states: tuple[State, State, State]
    mean: Tensor

    @property
    def ahead(self) -> State:
        """q*, the linear extrapolation of the last two states."""
        return self.states[0] + (self.states[0] - self.states[1])


@dataclass(frozen=True)
class TimeStepping:
    """Steps Δt = `step` of one flow, a `problem` of a batch of one, in d/U.

    `damping` γ by element, (1, nr, na, n1, n2); `memory` τ, infinite: the mean stays as it is.
    """

    problem: Problem
    step: float
    damping: Tensor
    memory: float

    @cached_property
    def mass(self) -> Tensor:
        """h² dξ dη at the nodes, (1, n_xi, n_eta)."""
        return self.problem.layout.assemble(self.problem.heavy)

    @cached_property
    def damped_mass(self) -> Tensor:
        """The same times γ."""
        return self.problem.layout.assemble(self.problem.heavy * self.damping)

    def at_rest(self, state: State) -> Moment:
        """A flow that has been `state` so far."""
        return Moment(0, (state, state, state), state.omega)

    def factorised(self, state: State, rate: float) -> Linearisation:
        """(s + γ) M + J at `state` for s = `rate`."""
        return linearise(self.problem, state, self.damping + rate)

    def imbalance(self, moment: Moment, state: State) -> tuple[State, complex]:
        """The residual of the step to `state`, and C_D + i C_L there."""
        rate = LAST * state.omega - sum(weight * old.omega for weight, old in zip(BEFORE, moment.states, strict=True))
        storage = self.mass * rate / self.step + self.damped_mass * (state.omega - moment.mean)
        r, (pressure, friction) = residual_and_forces(self.problem, state, storage)
        return r, complex(pressure + friction)

    def advanced(self, moment: Moment, factors: Linearisation) -> tuple[Moment, complex]:
        """The next moment, and C_D + i C_L in it."""
        ahead = moment.ahead
        state = ahead - factors.solve(self.imbalance(moment, ahead)[0])
        _, force = self.imbalance(moment, state)
        mean = moment.mean + self.step / self.memory * (state.omega - moment.mean)
        return Moment(moment.steps + 1, (state, *moment.states[:2]), mean), force

    def march(self, moment: Moment) -> Iterator[tuple[Moment, complex]]:
        """All moments after `moment`, with C_D + i C_L; J is factorised at every `REFRESH`-th, and at once."""
        factors = None
        while True:
            if factors is None or moment.steps % REFRESH == 0:
                factors = self.factorised(moment.ahead, LAST / self.step)
            moment, force = self.advanced(moment, factors)
            yield moment, force

    def disturbed(self, state: State, vorticity: Tensor) -> State:
        """`state` with `vorticity` (1, n_xi, n_eta) more, as one implicit step makes it: the wall and φ fit to it."""
        storage = -self.mass * vorticity / self.step
        r, _ = residual_and_forces(self.problem, state, storage)
        return state - self.factorised(state, 1.0 / self.step).solve(r)
