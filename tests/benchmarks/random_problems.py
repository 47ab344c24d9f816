"""Random problem files, many contradictory: each must end with a certified optimum or a sentence, none with an error.

    python tests/benchmarks/random_problems.py [COUNT] [FIRST SEED]

One line a problem, then a table of how they ended. Each has 60 seconds, so that slow ones end as stopped. Goes on where
it was stopped if the output is kept in a file and its number of lines given as the first seed.
"""

from __future__ import annotations

import collections
import random
import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from fusiform.solvers import InputError, load_body
from fusiform.solvers.inverse import OptimizationOutcome, optimize, problem_from
from fusiform.surrogates import load_surrogate

BODIES = ("circle", "ellipse:2", "ellipse:0.6", "naca0012", "naca2412", "ellipse:5", "kidney", "teardrop")
KINDS = (
    "max_length", "max_height", "min_thickness", "max_perimeter", "min_radius", "wedge_angle", "payload", "keep_out",
    "symmetry", "lift", "drag",
)  # fmt: skip
TIMEOUT = 60.0


def random_constraint(draw: random.Random, d: float) -> dict[str, Any]:
    """A constraint with limits around what bodies of diameter d have."""
    kind = draw.choice(KINDS)
    limits = {
        "max_length": (0.7, 2.5),
        "max_height": (0.3, 1.2),
        "min_thickness": (0.1, 0.8),
        "max_perimeter": (2.8, 5.0),
        "min_radius": (0.02, 0.55),
    }
    found: dict[str, Any] = {"type": kind}
    if kind in limits:
        found["value"] = d * draw.uniform(*limits[kind])
    if kind == "min_thickness" and draw.random() < 0.5:
        found["at"] = draw.uniform(0.1, 0.9)
    if kind == "wedge_angle":
        found |= {"end": draw.choice(["nose", "tail"]), draw.choice(["minimum", "maximum"]): draw.uniform(20.0, 150.0)}
    if kind in ("payload", "keep_out"):
        found |= {"x": d * draw.uniform(-0.5, 0.5), "y": d * draw.uniform(-0.3, 0.3)}
        if draw.random() < 0.5:
            found |= {"shape": "circle", "radius": d * draw.uniform(0.0, 0.5)}
        else:
            found |= {"width": d * draw.uniform(0.1, 1.2), "height": d * draw.uniform(0.1, 0.8)}
            found["angle_deg"] = draw.choice([0.0, draw.uniform(-40.0, 40.0)])
    if kind == "lift":
        lift = draw.uniform(-1.0, 1.0)
        found |= draw.choice([{"minimum": lift}, {"maximum": lift}, {"minimum": lift, "maximum": lift}])
    if kind == "drag":
        found["value"] = draw.uniform(1.0, 4.0)
    return found


def random_values(seed: int) -> dict[str, Any]:
    """The values of a problem file."""
    draw = random.Random(seed)
    body = draw.choice(BODIES)
    values: dict[str, Any] = {"body": body}
    if draw.random() < 0.3:
        values["points"] = [
            {
                "reynolds": draw.uniform(1.0, 40.0),
                "alpha_deg": draw.choice([0.0, draw.uniform(-8.0, 8.0)]),
                "weight": draw.uniform(0.5, 2.0),
            }
            for _ in range(draw.randint(1, 3))
        ]
    else:
        values |= {"reynolds": draw.uniform(0.6, 55.0), "alpha_deg": draw.choice([0.0, 0.0, draw.uniform(-10.0, 10.0)])}
    values["objective"] = draw.choice(["drag", "drag", "drag", "lift_to_drag", "nearest"])
    d = load_body(body).reference_length
    values["constraints"] = [random_constraint(draw, d) for _ in range(draw.randint(0, 4))]
    values["options"] = {"certify": True, "timeout": TIMEOUT}
    return values


def main() -> None:
    count, first = (int(word) for word in (sys.argv[1:] + ["200", "0"][len(sys.argv) - 1 :]))
    model, tally = load_surrogate(), collections.Counter[str]()
    for seed in range(first, first + count):
        begun, values = time.perf_counter(), random_values(seed)
        try:
            problem = replace(problem_from(values, Path()), verify=None)
            result = optimize(problem, model=model)
            words = result.status
            if result.outcome is OptimizationOutcome.CERTIFIED:
                kind = "certified"
            elif result.outcome is OptimizationOutcome.CONTRADICTION:
                kind = "contradiction, reported before iterating"
            elif not result.feasible:
                kind = "no feasible body found, nearest given"
            elif result.outcome is OptimizationOutcome.TIMED_OUT:
                kind = "stopped at the timeout"
            else:
                kind = "feasible, not certified"
        except InputError as error:
            kind, words = "refused", str(error)
        except Exception:
            kind, words = "ERROR", traceback.format_exc()
        tally[kind] += 1
        kinds = " ".join(c["type"] for c in values["constraints"])
        took = time.perf_counter() - begun
        print(f"{seed} | {kind} | {took:.0f} s | {values['body']} {values['objective']} {kinds} | {words}", flush=True)
    print("\n| end | problems |\n|---|---|")
    for kind, number in tally.most_common():
        print(f"| {kind} | {number} |")


if __name__ == "__main__":
    main()
