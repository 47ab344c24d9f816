"""Steady flow past a body by Taylor–Hood finite elements (NGSolve), with consistent forces.

Find u in [P_k]² and p in P_{k−1} (curved elements of order k) with u = 0 on the wall and, for all (v, q),

    R(u, p; v, q) = ∫ ν ∇u:∇v + (u·∇u)·v − p ∇·v − q ∇·u = 0,   U = ρ = d = 1, ν = 1/Re .

- **Forces.** Drag and lift are the reactions F_j = −R(u, p; w_j, 0), w_j = e_j on the wall and zero elsewhere at the
  nodes: the consistent forces, which converge twice as fast as a stress integral.
- **Far field.** u = e_x + F_x u_D + F_y u_L on the whole outer circle, u_D and u_L the Oseenlets of unit drag and lift.
  The two forces are unknowns of Newton's method: the Jacobian is bordered, two more right-hand sides a factorisation.
  On an open mesh: the uniform stream on the upstream half of the circle, no traction on the other half.
- **Newton** starts from the solution with k = 2 on the same mesh, and that from the Oseen flow; once a step changes the
  forces by less than 5 %, chord steps with the last factors, to a change of 1e-6. Unknowns inside the elements are
  condensed; UMFPACK factorises the rest (faster here than MKL Pardiso). Symmetric flows: the upper half plane.
- **Continuation.** `FiniteElementFlow.continued` climbs to high Reynolds numbers on one mesh.
"""

from __future__ import annotations

import math
from typing import Self

import torch  # isort: skip  # noqa: F401  (before NGSolve, whose BLAS torch would call and crash)
import ngsolve as ng
import numpy as np
from finite_element_meshes import Array, ComplexArray, Mesh
from ngsolve import CF, Grad, InnerProduct, x, y
from scipy.interpolate import make_interp_spline
from scipy.special import k0e, k1e

TOLERANCE = 1e-6
CHORD_THRESHOLD = 0.05
MAX_STEPS, CLIMBING_STEPS = 30, 12
LOWEST_ORDER, START_TOLERANCE = 2, 3e-3
DIVERGED = 1e3
CLIMBING_ORDER, FIRST_REYNOLDS, RATIO, SMALLEST_RATIO = 3, 40.0, 2.0, 1.1


def oseenlet(position: ComplexArray, viscosity: float) -> tuple[ComplexArray, ComplexArray]:
    """u' + iv' of a unit drag and of a unit lift. With k = 1/(2ν) and b = e^{kx} K0(kr):

    drag  u' = x/(2πr²) + b_x/(2π) − (k/π) b,  v' = y/(2πr²) + b_y/(2π)        (Lamb, Hydrodynamics, 1932, §343)
    lift  u' = ψ_y, v' = −ψ_x,  ψ = (ln r + b)/(2π)
    """
    k, r = 0.5 / viscosity, np.abs(position)
    along, across = position.real, position.imag
    decay = np.exp(k * (along - r))
    b, slope = decay * k0e(k * r), -k * decay * k1e(k * r) / r
    gradient = slope * position + k * b
    drag = (position / r**2 + gradient) / (2.0 * np.pi) - k / np.pi * b
    lift = -1j * (along / r**2 + gradient.real) + across / r**2 + gradient.imag
    return drag, lift / (2.0 * np.pi)


class FiniteElementFlow:
    """The discrete flow on one mesh: `solve()`, then `forces` (drag, lift) in ρ U² d.

    `turns`: how often a mesh with an axis stands for the whole body.
    """

    turns = 2.0

    def __init__(self, mesh: Mesh, reynolds: float, order: int) -> None:
        self.mesh, self.viscosity, self.order = mesh, 1.0 / reynolds, order
        held = f"{mesh.wall}|{mesh.outer}"
        sides = {"dirichletx": held, "dirichlety": f"{held}|{mesh.axis}"} if mesh.axis else {"dirichlet": held}
        velocity = mesh.space(ng.VectorH1(mesh.mesh, order=order, **sides))
        pressure = mesh.space(ng.H1(mesh.mesh, order=order - 1))
        self.space = velocity * pressure
        self.form = ng.BilinearForm(self.space, condense=True)
        self.form += self.integrand(*self.space.TnT()).Compile() * ng.dx
        self.free = ng.BitArray(self.space.FreeDofs(True))
        if not mesh.open:
            on_circle = pressure.GetDofs(mesh.mesh.Boundaries(mesh.outer))
            self.free.Clear(velocity.ndof + list(on_circle).index(True))
        self.copies, directions = (self.turns, 1) if mesh.axis else (1.0, 2)
        modes = [] if mesh.open else self._far_field_modes()[:directions]
        self.far_field = [self._boundary(mesh.outer, mode) for mode in modes]
        self.tests = [self._boundary(mesh.wall, CF(direction)) for direction in ((1, 0), (0, 1))[:directions]]
        self.state = ng.GridFunction(self.space)
        self.reacted = np.zeros(directions)

    @property
    def forces(self) -> Array:
        """Drag and lift."""
        return np.resize(np.append(self.reacted, 0.0), 2)

    def integrand(self, flow: tuple[ng.CF, ng.CF], test: tuple[ng.CF, ng.CF]) -> ng.CF:
        """The integrand of R."""
        (u, p), (v, q) = flow, test
        viscous = self.viscosity * InnerProduct(Grad(u), Grad(v))
        return viscous + InnerProduct(Grad(u) * u, v) - p * ng.Trace(Grad(v)) - q * ng.Trace(Grad(u))

    def _boundary(self, name: str, value: ng.CF) -> ng.BaseVector:
        """`value` as velocity on one boundary, zero at all other nodes."""
        field = ng.GridFunction(self.space)
        field.components[0].Set(value, definedon=self.mesh.mesh.Boundaries(name))
        return field.vec

    def _far_field_modes(self) -> list[ng.CF]:
        """The two Oseenlets on the outer circle, as cubic splines in the angle with knots gathered in the wake."""
        knots = 1.1 * math.pi * np.sinh(np.linspace(-7.0, 7.0, 1001)) / math.sinh(7.0)
        angle = ng.atan2(y, x)

        def spline(values: Array) -> ng.CF:
            curve = make_interp_spline(knots, values, 3)
            return ng.BSpline(4, list(curve.t), list(curve.c))(angle)

        modes = oseenlet(self.mesh.radius * np.exp(1j * knots), self.viscosity)
        return [CF((spline(mode.real), spline(mode.imag))) for mode in modes]

    def _react(self, residual: ng.BaseVector) -> Array:
        return np.array([-self.copies * InnerProduct(test, residual) for test in self.tests])

    def _factorise(self) -> None:
        """Factors of the Jacobian at the state, and the responses to the two far-field modes: flow and reactions."""
        form = self.form
        form.AssembleLinearization(self.state.vec)
        self.inverse = form.mat.Inverse(self.free, "umfpack")
        self.responses, self.reactions = [], np.zeros((len(self.tests),) * 2)
        for column, mode in enumerate(self.far_field):
            response = self._extend(mode)
            self.reactions[:, column] = self._react((form.mat * response).Evaluate())
            response.data += form.harmonic_extension * response
            self.responses.append(response)

    def _extend(self, boundary: ng.BaseVector) -> ng.BaseVector:
        """The linearised flow with these boundary values, on the nodes that were not condensed."""
        flow = boundary.CreateVector()
        flow.data = boundary - self.inverse * (self.form.mat * boundary).Evaluate()
        return flow

    def _update(self, flow: ng.BaseVector, reactions: Array) -> Array:
        """Add `flow` and the far-field modes that make the forces equal the reactions; returns their change."""
        change = np.linalg.solve(np.eye(len(reactions)) - self.reactions, reactions - self.reacted)
        self.state.vec.data += flow
        for amount, response in zip(change, self.responses, strict=False):
            self.state.vec.data += amount * response
        self.reacted = self.reacted + change
        return change

    def _oseen(self) -> None:
        """The Oseen flow: the Jacobian at the uniform stream, and the stream taken off the wall."""
        self.state.components[0].Set(CF((1, 0)))
        self._factorise()
        flow = self._extend((-1.0 * self.tests[0]).Evaluate())
        reactions = self._react((self.form.mat * flow).Evaluate())
        flow.data += self.form.harmonic_extension * flow
        self._update(flow, reactions)

    def _step(self, residual: ng.BaseVector) -> Array:
        """One bordered Newton step (or chord step, if the factors are old), with static condensation."""
        form, step, inner = self.form, residual.CreateVector(), residual.CreateVector()
        inner.data = form.inner_solve * residual
        residual.data += form.harmonic_extension_trans * residual
        step.data = -self.inverse * residual
        reactions = self._react((form.mat * step + residual).Evaluate())
        step.data += form.harmonic_extension * step
        step.data -= inner
        return self._update(step, reactions)

    def _prolong(self, other: FiniteElementFlow) -> None:
        """Start from a flow of lower order or at another Reynolds number on the same mesh."""
        for mine, theirs in zip(self.state.components, other.state.components, strict=True):
            mine.Set(theirs)
        self.reacted = other.reacted
        held = ng.Projector(self.space.FreeDofs(), False)
        self.state.vec.data -= held * self.state.vec
        self.state.vec.data += self._boundary(self.mesh.outer, CF((1, 0)))
        for force, mode in zip(self.reacted.tolist(), self.far_field, strict=False):
            self.state.vec.data += force * mode

    def solve(
        self, tolerance: float = TOLERANCE, start: FiniteElementFlow | None = None, max_steps: int = MAX_STEPS
    ) -> Self:
        """Newton, then chord steps, until the forces change by less than `tolerance`; `ArithmeticError` if not.

        From `start`, a flow on the same mesh. Without it on an open mesh Newton alone, from the Oseen flow: the plain
        peer.
        """
        plain = self.mesh.open
        if start is not None:
            self._prolong(start)
        elif self.order > LOWEST_ORDER and not plain:
            self._prolong(type(self)(self.mesh, 1.0 / self.viscosity, LOWEST_ORDER).solve(START_TOLERANCE))
        else:
            self._oseen()
        residual = self.state.vec.CreateVector()
        fresh, last = True, math.inf
        for _ in range(max_steps):
            self.form.Apply(self.state.vec, residual)
            if fresh:
                self._factorise()
            change = self._step(residual)
            size = float(np.abs(change).max() / np.abs(self.reacted).max())
            if size < tolerance:
                return self
            if not size < DIVERGED:
                break
            fresh, last = plain or size > CHORD_THRESHOLD or (not fresh and size > 0.3 * last), size
        raise ArithmeticError(f"Newton's method: last change {size:.1e} after {max_steps} steps; refine the mesh")

    @classmethod
    def continued(cls, mesh: Mesh, reynolds: float, order: int, tolerance: float = TOLERANCE) -> Self:
        """The flow at a high Reynolds number, from flows of order `CLIMBING_ORDER` at rising ones.

        The first is at `FIRST_REYNOLDS`; a step multiplies by `RATIO`, and by its root after each failure.
        """
        reached, ratio = min(FIRST_REYNOLDS, reynolds), RATIO
        flow = cls(mesh, reached, CLIMBING_ORDER).solve(START_TOLERANCE)
        while reached < reynolds:
            tried = min(reynolds, reached * ratio)
            try:
                flow, reached = cls(mesh, tried, CLIMBING_ORDER).solve(START_TOLERANCE, flow, CLIMBING_STEPS), tried
            except ArithmeticError:
                ratio = math.sqrt(ratio)
                if ratio < SMALLEST_RATIO:
                    raise
        return cls(mesh, reynolds, order).solve(tolerance, flow)
