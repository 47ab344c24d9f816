"""Random bodies of the whole range of the solver: how many converge, how accurate they are, and why the rest fail.

    python tests/benchmarks/robustness.py [COUNT] [RESULTS.jsonl]

Fineness 0.5 to 10, 8 modes up to nearly pointed bodies, incidence to ±30 degrees, Re 0.1 to 100, `standard` accuracy.
Every case is one line of RESULTS.jsonl; killed and run again it goes on where it stopped.
"""

import json
import math
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.common.processes import run_in_processes
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample

SPACE = DesignSpace(
    fineness_min=0.5, fineness_max=10.0, reynolds_min=0.1, reynolds_max=100.0, alpha_max_deg=30.0, symmetric_share=0.3
)
SEED, CASES_PER_TASK, WORKERS = 31, 10, 2


def solve_cases(indices: range) -> list[dict]:
    """One record a body; an exception is a record too."""
    designs = sample(SPACE, SEED, indices)
    records = []
    for i, index in enumerate(indices):
        conditions = FlowConditions(float(designs.reynolds[i]), math.degrees(float(designs.alpha[i])))
        record = {"index": index, "reynolds": conditions.reynolds, "alpha_deg": conditions.alpha_deg}
        begun = time.perf_counter()
        try:
            record |= solve(Body(designs.coefficients[i]), conditions).summary()
        except Exception as error:
            record |= {"converged": False, "accurate": False, "status": f"exception: {error!r}", "nodes": ""}
        records.append(record | {"seconds": time.perf_counter() - begun})
    return records


def report(records: list[dict]) -> None:
    """The table and the sentences of the failures."""
    converged = [r for r in records if r["converged"]]
    accurate = sum(r["accurate"] for r in converged)
    seconds = np.array([r["seconds"] for r in records])
    quantiles = ", ".join(f"{q}" for q in np.round(np.quantile(seconds, [0.5, 0.9, 0.99, 1.0]), 2))
    print("| bodies | converged | of these accurate | seconds: median, 90 %, 99 %, max |\n|---|---|---|---|")
    share, held = len(converged) / len(records), accurate / max(len(converged), 1)
    print(f"| {len(records)} | {len(converged)} ({share:.2%}) | {accurate} ({held:.2%}) | {quantiles} |\n")
    print("nodes:", ", ".join(f"{n} ({c})" for n, c in Counter(r["nodes"] for r in converged).most_common(8)))
    for r in records:
        if not r["accurate"]:
            print(f"- body {r['index']}, Re {r['reynolds']:.3g}, {r['alpha_deg']:.0f} deg: {r['status']}")


def main() -> None:
    """Solve the bodies that are missing in the results, then report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    path = Path(sys.argv[2] if len(sys.argv) > 2 else "runs/robustness.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    known = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    done = {r["index"] for r in known}
    tasks = [range(b, min(b + CASES_PER_TASK, count)) for b in range(0, count, CASES_PER_TASK) if b not in done]
    for task, records in run_in_processes(solve_cases, tasks, WORKERS):
        with path.open("a") as file:
            file.writelines(json.dumps(r) + "\n" for r in records)
        known += records
        print(f"{task.stop} of {count}", file=sys.stderr, flush=True)
    report([r for r in known if r["index"] < count])


if __name__ == "__main__":
    main()
