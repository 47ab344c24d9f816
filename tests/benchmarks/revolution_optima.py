"""Optima of bodies of revolution against independent computations and the theory of Stokes flow.

    OMP_NUM_THREADS=1 python tests/benchmarks/revolution_optima.py

Certified optima with the solver as model, from the sphere and from a 4:1 spheroid; drag on `fine`. Re and C_D are on d,
the diameter of the sphere of equal volume, or of equal wetted area where that is held. Sources:

- Re 0.1 and 1: an independent finite-difference solver of stream function and vorticity with its own optimiser; Re 10
  and 100: its optima solved again by velocity-pressure finite elements.
- Stokes flow at fixed volume: drag 0.95425 of the sphere's, length over diameter 2.10 (M. Bourot, J. Fluid Mech. 65,
  1974, p. 513); ends tangent to cones of half angle 60° (O. Pironneau, J. Fluid Mech. 59, 1973, p. 117).
- Stokes flow at fixed surface: drag 11.3 % below the sphere of equal surface, length over diameter 4.162, ends tangent
  to cones of half angle 30.8° (T. Montenegro-Johnson & E. Lauga, Phys. Fluids 27, 2015, 121904).

Re → 0: by Oseen's theory C_D Re/24 = K (1 + 3/16 K Re + …) for any body, K its Stokes drag over that of the sphere of
diameter d. K of optimum and sphere at Re 0.1 are divided, so that most of the next term, of order Re² ln Re, cancels.
Ends: the angle of the meridian against the axis where its radius is 0.25 to 0.5 of the greatest, by a straight line
over the radius, continued to the axis; a body of few modes is round right at its ends.
"""

from __future__ import annotations

import math

import numpy as np

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.inverse import DesignPoint, OptimizationResult, Problem, SolverModel, optimize

INDEPENDENT = {0.1: 232.825, 1.0: 25.878, 10.0: 3.8439, 100.0: 0.77232}
STARTS = (Body.sphere(), Body.spheroid(4.0))
SLOWEST, TOLERANCE = 0.1, 3e-4
STOKES = {"volume": (0.95425, 2.10, 60.0), "wetted_area": (0.887, 4.162, 30.8)}


def certified(start: Body, reynolds: float, hold: str, modes: int) -> OptimizationResult:
    """The certified optimum."""
    points = (DesignPoint(FlowConditions(reynolds)),)
    problem = Problem(start, points, hold=hold, certify=True, certify_tolerance=TOLERANCE, verify="fine")
    return optimize(problem, model=SolverModel(modes=modes))


def stokes_drag(drag: float, reynolds: float) -> float:
    """K of C_D Re/24 = K (1 + 3/16 K Re)."""
    slow = drag * reynolds / 24.0
    small = 0.1875 * reynolds
    return (math.sqrt(1.0 + 4.0 * small * slow) - 1.0) / (2.0 * small)


def end_angles(body: Body) -> tuple[float, float]:
    """Angles of nose and tail in degrees, continued to the axis."""
    x, r = body.meridian(20001).T
    return _angle(x, r), _angle(-x[::-1], r[::-1])


def _angle(x: FloatArray, r: FloatArray) -> float:
    slope = np.degrees(np.arctan2(np.diff(r), np.diff(x)))
    radius = 0.5 * (r[1:] + r[:-1]) / r.max()
    top = int(np.argmax(radius))
    at = np.linspace(0.25, 0.5, 26)
    return float(np.polyfit(at, np.interp(at, radius[:top], slope[:top]), 1)[1])


def main() -> None:
    print("| Re | start | C_D on fine | independent | difference | over the sphere's | L/D | KKT | flows |")
    print("|---|---|---|---|---|---|---|---|---|")
    for reynolds, expected in INDEPENDENT.items():
        for start in STARTS:
            best = certified(start, reynolds, "volume", 12)
            drag = best.verification["drag_coefficient"]
            sphere = solve(Body.sphere(), FlowConditions(reynolds), grid="fine").drag_coefficient
            print(
                f"| {reynolds:g} | {start.name} | {drag:.5g} | {expected:g} | {drag / expected - 1.0:+.4%} | "
                f"{drag / sphere:.4f} | {best.body.fineness:.2f} | {best.kkt_residual:.0e} | {best.solver_solves} |",
                flush=True,
            )
    sphere = stokes_drag(solve(Body.sphere(), FlowConditions(SLOWEST), grid="fine").drag_coefficient, SLOWEST)
    print("\n| held | modes | start | drag over the sphere's, Re → 0 | theory | L/D | theory | nose | tail | theory |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for hold, (drag, fineness, angle) in STOKES.items():
        for modes in (8, 12, 16):
            for start in STARTS[: 1 + (modes == 8)]:
                best = certified(start, SLOWEST, hold, modes)
                slow = stokes_drag(best.verification["drag_coefficient"], SLOWEST) / sphere
                nose, tail = end_angles(best.body)
                print(
                    f"| {hold} | {modes} | {start.name}{'' if best.certified else ', not certified'} | {slow:.5f} | "
                    f"{drag:g} | {best.body.fineness:.3f} | {fineness:g} | {nose:.1f}° | {tail:.1f}° | {angle:g}° |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
