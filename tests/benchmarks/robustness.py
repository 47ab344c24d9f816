"""Random bodies of the whole range of the solver: how many converge, how accurate they are, and why the rest fail.

    python tests/benchmarks/robustness.py [COUNT] [RESULTS.jsonl] [CHECKED]

Fineness 0.25 to 12, 8 modes up to nearly pointed bodies, incidence to ±30 degrees, Re 0.1 to 1000 but at most 150 on
the height across the stream, four times where bluff bodies begin to shed, `standard` accuracy. Every case is one line
of RESULTS.jsonl; killed and run again it goes on where it stopped. The accurate ones of the first CHECKED (100) are
compared with the last level of elements. One process; leave the machine to others with `nice`.
"""

import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.flow import ACCURACIES, discretise, force_coefficients, newton, transfer
from fusiform.solvers.flow.discretisation.extent import height
from fusiform.solvers.flow.steady.levels import LEVELS, level
from fusiform.solvers.shedding import height_across
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample

SPACE = DesignSpace(
    fineness_min=0.25, fineness_max=12.0, reynolds_min=0.1, reynolds_max=1000.0, alpha_max_deg=30.0, symmetric_share=0.3
)
SEED, MOST_ON_HEIGHT = 31, 150.0


def case(index: int) -> tuple[Body, FlowConditions]:
    """Body and conditions of an index."""
    designs = sample(SPACE, SEED, range(index, index + 1))
    body, alpha = Body(designs.coefficients[0]), math.degrees(float(designs.alpha[0]))
    reynolds = min(float(designs.reynolds[0]), MOST_ON_HEIGHT / height_across(body, alpha))
    return body, FlowConditions(reynolds, alpha)


def record_of(index: int, checked: bool) -> dict:
    """The record of a case; an exception is a record too."""
    body, conditions = case(index)
    record = {"index": index, "reynolds": conditions.reynolds, "alpha_deg": conditions.alpha_deg}
    begun = time.process_time()
    try:
        solution = solve(body, conditions)
        numbers = (solution.drag_coefficient, solution.lift_coefficient, solution.drag_error, solution.lift_error)
        record |= {
            "converged": solution.converged,
            "accurate": solution.accurate,
            "continued": bool(solution.flow.continued),
            "numbers": numbers,
            "finite": all(map(math.isfinite, numbers)) or not solution.converged,
            "elements": str(solution.flow.resolution),
            "status": solution.status,
        }
    except Exception as error:
        record |= {"converged": False, "accurate": False, "status": f"exception: {error!r}", "finite": False}
    record["seconds"] = time.process_time() - begun
    if checked and record["accurate"]:
        record["used"] = used(solution)
    return record


def used(solution) -> float:
    """The error against the last level, in units of what the grid promises; infinite if there is no such solution."""
    flow = solution.flow
    finest = level(float(flow.reynolds), len(LEVELS) - 1, float(height(flow.coefficients)))
    problem = discretise(flow.coefficients, flow.reynolds, finest, flow.solved.domain)
    result = newton(problem, transfer(flow.unknowns, flow.solved, problem), 1e-8)
    exact = complex(sum(force_coefficients(problem, result.state))[0])
    miss = exact - complex(solution.drag_coefficient, solution.lift_coefficient)
    return ACCURACIES[solution.grid].relative(exact, miss) if bool(result.update < 1e-8) else math.inf


def report(records: list[dict]) -> None:
    """The table and the sentences of the failures."""
    converged = [r for r in records if r["converged"]]
    accurate = sum(r["accurate"] for r in converged)
    seconds = np.array([r["seconds"] for r in records])
    quantiles = ", ".join(f"{q}" for q in np.round(np.quantile(seconds, [0.5, 0.9, 0.99, 1.0]), 2))
    shares = [r["used"] for r in records if "used" in r]
    print("| bodies | converged | of these accurate | CPU seconds: median, 90 %, 99 %, max |\n|---|---|---|---|")
    share, held = len(converged) / len(records), accurate / max(len(converged), 1)
    print(f"| {len(records)} | {len(converged)} ({share:.2%}) | {accurate} ({held:.2%}) | {quantiles} |\n")
    print("elements:", ", ".join(f"{n} ({c})" for n, c in Counter(r["elements"] for r in converged).most_common(8)))
    faults = sum(not r["finite"] for r in records)
    print(f"by continuation {sum(r['continued'] for r in converged)}; exceptions or NaN {faults}")
    print(f"checked {len(shares)}: error over promise, median {np.median(shares):.3f}, the largest {max(shares):.2f}")
    for r in records:
        if not r["accurate"] or r.get("used", 0.0) > 1.0:
            text = f"error {r['used']:.2f} of the promise" if r["accurate"] else r["status"]
            print(f"- body {r['index']}, Re {r['reynolds']:.3g}, {r['alpha_deg']:.0f} deg: {text}")


def main(record_of: Callable[[int, bool], dict], most: int, name: str) -> None:
    """Solve the bodies that are missing in the results, by default `most` and runs/`name`.jsonl, then report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else most
    path = Path(sys.argv[2] if len(sys.argv) > 2 else f"runs/{name}.jsonl")
    checked = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    path.parent.mkdir(parents=True, exist_ok=True)
    known = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    done = {r["index"] for r in known}
    for index in range(count):
        if index not in done:
            known.append(record_of(index, index < checked))
            with path.open("a") as file:
                file.write(json.dumps(known[-1]) + "\n")
    report([r for r in known if r["index"] < count])


if __name__ == "__main__":
    main(record_of, 2000, "robustness")
