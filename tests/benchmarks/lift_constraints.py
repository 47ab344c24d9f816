"""Solves that certifying takes where lift is bounded or prescribed, at one or several design points.

    python tests/benchmarks/lift_constraints.py

A solve is one evaluation by the solver, of all design points at once, with its gradient; no verification.
"""

from __future__ import annotations

import time

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.inverse import (
    Constraint,
    DesignPoint,
    Lift,
    MaxLength,
    MinRadius,
    MinThickness,
    Payload,
    Problem,
    Rectangle,
    optimize,
)
from fusiform.surrogates import load_surrogate

TWO = ((10.0, 4.0), (30.0, 6.0))
Case = tuple[tuple[tuple[float, float], ...], tuple[Lift, ...], tuple[Constraint, ...], Body]
ELLIPSE = Body.ellipse(3.0)
CASES: dict[str, Case] = {
    "at least 0.6": (((20.0, 5.0),), (Lift(0.6),), (), ELLIPSE),
    "at most 0.4": (((40.0, 8.0),), (Lift(None, 0.4),), (), ELLIPSE),
    "0.6, thickness, radius": (
        ((30.0, 5.0),),
        (Lift(0.6, 0.6),),
        (MinThickness(0.45, at=0.4), MinRadius(0.03)),
        ELLIPSE,
    ),
    "at least 1.2, length": (((10.0, 8.0),), (Lift(1.2),), (MaxLength(1.5),), Body.circle()),
    "two lower bounds": (TWO, (Lift(0.4), Lift(0.8, point=1)), (), ELLIPSE),
    "two bands": (TWO, (Lift(0.4, 0.45), Lift(0.8, 0.85, point=1)), (), ELLIPSE),
    "two lower bounds, length": (TWO, (Lift(0.5), Lift(0.8, point=1)), (MaxLength(1.6),), ELLIPSE),
    "two lower bounds, payload": (
        TWO,
        (Lift(0.5), Lift(0.8, point=1)),
        (Payload(Rectangle(0.0, 0.0, 0.8, 0.35)),),
        ELLIPSE,
    ),
    "down at one, up at the other": (
        ((5.0, -5.0), (25.0, 5.0)),
        (Lift(None, -0.5), Lift(0.9, 1.0, point=1)),
        (),
        ELLIPSE,
    ),
    "three points": (
        ((10.0, 0.0), (20.0, 4.0), (40.0, 8.0)),
        (Lift(-0.05, 0.1), Lift(0.4, point=1), Lift(None, 1.0, point=2)),
        (),
        ELLIPSE,
    ),
}


def main() -> None:
    model, total = load_surrogate(), 0
    print("| lift | certified | solves | C_D | KKT | seconds |\n|---|---|---|---|---|---|")
    for name, (points, lifts, held, body) in CASES.items():
        at = tuple(DesignPoint(FlowConditions(*point)) for point in points)
        begun = time.perf_counter()
        problem = Problem(body, at, constraints=held, force_constraints=lifts, certify=True, verify=None)
        r = optimize(problem, model=model)
        total += r.solver_solves
        print(
            f"| {name} | {'yes' if r.certified else 'no'} | {r.solver_solves} | {r.fun:.4f} | {r.kkt_residual:.0e} | "
            f"{time.perf_counter() - begun:.0f} |",
            flush=True,
        )
    print(f"\n{total} solves")


if __name__ == "__main__":
    main()
