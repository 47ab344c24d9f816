"""Mean drag of bodies that shed vortices, by Taylor–Hood finite elements in time (NGSolve): a check of `mean_drag`.

    OMP_NUM_THREADS=1 python tests/benchmarks/finite_element_shedding.py [BODY RE ALPHA_DEG [SIZE STEP]]

Find u in [P_3]² and p in P_2 on the plain triangles of `finite_element_meshes.py`, u = e_x on the upstream half of the
outer circle, no traction on the other half, with u_t + R(u, p) = 0, by the second-order backward difference with one
correction of its extrapolation q* a step,

    (b_0/Δt M + J) (q − q*) = −R(q*) − M (b_0 q* − Σ a_i q_i)/Δt,

J the Jacobian at the mean flow of the time since it was factorised last.

Forces are the reactions of the discrete equations. Beyond `CALM` the viscosity rises, so that vortices fade before the
elements are too coarse for them. The flow starts from the stream with a gust, and means are taken over whole periods.
Minutes a flow.
"""

from __future__ import annotations

import math
import sys
import time

import ngsolve as ng
import numpy as np
from finite_element_meshes import Array, Mesh, triangles, turned
from ngsolve import CF, Grad, InnerProduct, x, y

from fusiform.solvers import load_body

FLOWS = (("ellipse:2", 100.0, 30.0), ("circle", 100.0, 0.0), ("circle", 150.0, 0.0), ("circle", 60.0, 0.0))
ORDER, RADIUS, CALM, FAR_VISCOSITY = 3, 100.0, 30.0, 0.1
SIZE, STEP, PERIODS, SETTLED, LONGEST = 0.25, 0.025, 4, 3e-4, 300.0
WINDOW, EARLY = 20.0, (*(0.1 * k for k in range(1, 10)), *(1.0 * k for k in range(1, 12)))
LAST, BEFORE, AHEAD = 1.5, (2.0, -0.5), (2.0, -1.0)
GUST = 0.3


class Shedding:
    """The unsteady flow: `advance` makes one step, `history` has (t, C_D, C_L)."""

    def __init__(self, mesh: Mesh, reynolds: float, step: float) -> None:
        self.mesh, self.step, self.window = mesh, step, round(WINDOW / step)
        self.early = [round(time / step) for time in EARLY]
        velocity = ng.VectorH1(mesh.mesh, order=ORDER, dirichlet=f"{mesh.wall}|{mesh.outer}")
        self.space = velocity * ng.H1(mesh.mesh, order=ORDER - 1)
        (u, p), (v, q) = self.space.TnT()
        radius = ng.sqrt(x * x + y * y)
        far = ng.IfPos(radius - CALM, (radius - CALM) / CALM, 0.0)
        viscosity = 1.0 / reynolds + FAR_VISCOSITY * ng.IfPos(far - 1.0, 1.0, far * far * (3.0 - 2.0 * far))
        linear = viscosity * InnerProduct(Grad(u), Grad(v)) - p * ng.Trace(Grad(v)) - q * ng.Trace(Grad(u))
        self.mass = ng.BilinearForm(self.space)
        self.mass += InnerProduct(u, v) * ng.dx
        self.mass.Assemble()
        convected = linear + InnerProduct(Grad(u) * u, v)
        self.implicit = ng.BilinearForm(self.space)
        self.implicit += (convected + LAST / step * InnerProduct(u, v)).Compile() * ng.dx
        self.form = ng.BilinearForm(self.space, nonassemble=True)
        self.form += convected.Compile() * ng.dx
        self.tests = [self._on(mesh.wall, CF(direction)) for direction in ((1, 0), (0, 1))]
        state = ng.GridFunction(self.space)
        state.components[0].Set(CF((1.0, GUST * ng.exp(-((x - 1.5) ** 2) - y * y))))
        free = ng.Projector(self.space.FreeDofs(), True)
        state.vec.data = (free * state.vec).Evaluate() + self._on(mesh.outer, CF((1, 0)))
        self.states = [state.vec.Copy() for _ in AHEAD]
        self.total, self.count = state.vec.Copy(), 1
        self.history: list[tuple[float, float, float]] = []

    def _on(self, name: str, value: ng.CF) -> ng.BaseVector:
        field = ng.GridFunction(self.space)
        field.components[0].Set(value, definedon=self.mesh.mesh.Boundaries(name))
        return field.vec

    def factorise(self) -> None:
        """Factors of the Jacobian at the mean flow since the last ones were made."""
        mean = (1.0 / self.count * self.total).Evaluate()
        self.implicit.AssembleLinearization(mean)
        self.inverse = self.implicit.mat.Inverse(self.space.FreeDofs(), "umfpack")
        self.total[:], self.count = 0.0, 0

    def advance(self) -> None:
        """One step, and the forces after it."""
        if len(self.history) % self.window == 0 or len(self.history) in self.early:
            self.factorise()
        state, residual, rate = (self.states[0].CreateVector() for _ in range(3))
        state[:] = 0.0
        rate[:] = 0.0
        for weight, last, old in zip(AHEAD, BEFORE, self.states, strict=True):
            state.data += weight * old
            rate.data -= last / self.step * old
        for corrections in (0, 1):
            self.form.Apply(state, residual)
            residual.data += self.mass.mat * (rate + LAST / self.step * state).Evaluate()
            if corrections == 0:
                state.data -= self.inverse * residual
        drag, lift = (-2.0 * InnerProduct(test, residual) for test in self.tests)
        self.states = [state, *self.states[:-1]]
        self.total.data += state
        self.count += 1
        self.history.append((self.step * (len(self.history) + 1), drag, lift))


def means(history: Array, periods: int) -> tuple[float, float, float, float] | None:
    """Mean drag and lift, root mean square of the lift about its mean, frequency, over the last whole periods."""
    t, drag, lift = history.T
    about = lift - lift[len(lift) // 2 :].mean()
    up = np.flatnonzero((about[:-1] < 0.0) & (about[1:] >= 0.0))
    if len(up) < periods + 1:
        return None
    crossings = t[up] - about[up] * (t[up + 1] - t[up]) / (about[up + 1] - about[up])
    begin, end = crossings[-periods - 1], crossings[-1]
    inside = np.linspace(begin, end, 100 * periods, endpoint=False)
    of_drag, of_lift = np.interp(inside, t, drag), np.interp(inside, t, lift)
    return float(of_drag.mean()), float(of_lift.mean()), float(of_lift.std()), periods / float(end - begin)


def shed(name: str, reynolds: float, alpha_deg: float, size: float, step: float) -> tuple[float, ...]:
    """The means of a flow once they change by less than `SETTLED` of the drag between windows."""
    mesh = triangles(turned(load_body(name), alpha_deg), size, RADIUS, ORDER, reynolds=reynolds, plain=True)
    flow, last = Shedding(mesh, reynolds, step), None
    while len(flow.history) * step < LONGEST:
        for _ in range(flow.window):
            flow.advance()
        now = means(np.array(flow.history), PERIODS) if len(flow.history) > 3 * flow.window else None
        print("#", name, reynolds, round(flow.history[-1][0]), now, mesh.mesh.ne, flush=True)
        if now and last and abs(now[0] - last[0]) < SETTLED * now[0] and abs(now[2] - last[2]) < 10 * SETTLED * now[0]:
            break
        last = now
    return now or (math.nan,) * 4


def main() -> None:
    """Print a table of all flows, or of one."""
    ng.SetNumThreads(1)
    asked = sys.argv[1:]
    flows = [(asked[0], float(asked[1]), float(asked[2]))] if asked else FLOWS
    size, step = (float(a) for a in asked[3:5]) if len(asked) > 3 else (SIZE, STEP)
    print(
        "| body | Re | α | mean C_D | mean C_L | C_L rms | f d/U | s |\n|---|---|---|---|---|---|---|---|", flush=True
    )
    for name, reynolds, alpha_deg in flows:
        begun = time.process_time()
        numbers = " | ".join(f"{value:.4f}" for value in shed(name, reynolds, alpha_deg, size, step))
        spent = time.process_time() - begun
        print(f"| {name} | {reynolds:g} | {alpha_deg:g} | {numbers} | {spent:.0f} |", flush=True)


if __name__ == "__main__":
    main()
