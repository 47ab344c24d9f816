"""Cost of a flow: against the finite differences of version 0.1 in one run, by parts, in batches, and on a GPU.

    OMP_NUM_THREADS=1 python tests/benchmarks/solver_cost.py [--bodies 40] [--repeats 3] [--device cuda]

The last commit before the spectral elements is unpacked by `git archive` into a temporary folder. Both cores run in
processes of their own, which solve the same body in turn; the smallest CPU time of a few repeats counts. Loading, the
first solves (which fill the tables of constants) and the drawing of bodies are not timed. With `--device cuda` only the
table of batches on that device is printed, with the largest difference from the CPU's forces.
"""

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

BEFORE = "5e8b534"
ROOT = Path(__file__).resolve().parents[2]
REFERENCES = (
    ("circle", "circle", 1.0, 0.0),
    ("circle", "circle", 40.0, 0.0),
    ("circle", "circle", 100.0, 0.0),
    ("ellipse 4:1", "ellipse 4.0", 40.0, 0.0),
    ("ellipse 4:1", "ellipse 4.0", 40.0, 10.0),
    ("ellipse 0.5", "ellipse 0.5", 40.0, 0.0),
    ("NACA 0012", "naca 0012", 40.0, 5.0),
    ("NACA 2412", "naca 2412", 20.0, 5.0),
)
BATCH = 16
DEVICE_BATCHES = tuple(4**k for k in range(7))
SEED = 5
Case = tuple[str, Tensor, Tensor]


def random_cases(symmetric: bool, count: int) -> tuple[Tensor, Tensor]:
    """Turned coefficients and Reynolds numbers of bodies from the surrogate's space."""
    from fusiform.surrogates.design_space import DesignSpace
    from fusiform.surrogates.designs import sample, turned

    designs = sample(DesignSpace(symmetric_share=float(symmetric)), SEED, range(count))
    return turned(designs), designs.reynolds


def reference_cases() -> list[Case]:
    """The bodies of the list, each a batch of one."""
    from fusiform.solvers import Body
    from fusiform.solvers.geometry import laurent

    cases = []
    for name, made, reynolds, degrees in REFERENCES:
        kind, *values = made.split()
        body = Body.naca(*values) if kind == "naca" else getattr(Body, kind)(*map(float, values))
        angle = torch.deg2rad(torch.tensor([degrees], dtype=torch.float64))
        turned = laurent.rotate(body.coefficients[None], angle)
        cases.append((f"{name}, Re {reynolds:g}, {degrees:g}°", turned, torch.tensor([reynolds]).double()))
    return cases


def smallest(work: Callable[[], object], repeats: int) -> float:
    """The smallest CPU time of `work` in ms."""
    times = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return 1e3 * min(times)


def serve(cases: str) -> None:
    """Solve the cases whose numbers are read, with the core that is first on the path; answer with time and forces."""
    try:
        from fusiform.solvers.flow import ACCURACIES, solve_to_accuracy
    except ImportError:
        before = importlib.import_module("fusiform.solvers.flow.adaptive")  # of the core before the elements
        ACCURACIES, solve_to_accuracy = before.ACCURACIES, before.solve_to_accuracy
    torch.set_num_threads(1)
    known = torch.load(cases)
    for line in sys.stdin:
        _, coefficients, reynolds = known[int(line)]
        begun = time.process_time()
        flow, _, accurate = solve_to_accuracy(coefficients, reynolds, ACCURACIES["standard"])
        seconds = time.process_time() - begun
        forces = complex(sum(flow.force_coefficients)[0])
        print(json.dumps([1e3 * seconds, forces.real, forces.imag, accurate]), flush=True)


class Core:
    """A process that solves with the core below `path`."""

    def __init__(self, path: Path, cases: Path) -> None:
        environment = os.environ | {"PYTHONPATH": str(path), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, __file__, "--serve", str(cases)]
        self.process = subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, text=True)

    def solve(self, number: int) -> tuple[float, complex, bool]:
        """CPU time in ms, C_D + i C_L, and whether the estimate is small enough."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(number, file=self.process.stdin, flush=True)
        milliseconds, drag, lift, accurate = json.loads(self.process.stdout.readline())
        return milliseconds, complex(drag, lift), accurate


def compare(count: int, repeats: int) -> None:
    """Both cores on the random bodies and on the list."""
    groups = {"symmetric": random_cases(True, count), "at incidence": random_cases(False, count)}
    cases: list[Case] = [
        (name, c[i : i + 1], re[i : i + 1]) for name, (c, re) in groups.items() for i in range(len(re))
    ] + reference_cases()
    with tempfile.TemporaryDirectory() as folder:
        before, stored = Path(folder, "fusiform"), Path(folder, "cases.pt")
        before.mkdir()
        archive = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "x"], cwd=before, input=archive, check=True)
        torch.save(cases, stored)
        cores, rows = [Core(Path(folder), stored), Core(ROOT.parent, stored)], []
        for number in range(len(cases)):
            times: list[list[float]] = [[], []]
            for _ in range(repeats):
                for core, found in zip(cores, times, strict=True):
                    milliseconds, _, accurate = core.solve(number)
                    found.append(milliseconds)
            rows.append((min(times[0]), min(times[1]), accurate))
        for core in cores:
            core.process.terminate()
            core.process.wait()
    print("| body | version 0.1, ms | elements, ms | ratio | accurate |\n|---|---|---|---|---|")
    for name, (c, _) in groups.items():
        chosen = [row for case, row in zip(cases, rows, strict=True) if case[0] == name]
        old, new = (statistics.median(row[k] for row in chosen) for k in (0, 1))
        share = sum(row[2] for row in chosen)
        print(f"| median of {len(c)} {name} | {old:.1f} | {new:.1f} | {old / new:.1f} | {share} of {len(c)} |")
    for (name, _, _), (old, new, accurate) in zip(cases[2 * count :], rows[2 * count :], strict=True):
        print(f"| {name} | {old:.1f} | {new:.1f} | {old / new:.1f} | {'yes' if accurate else 'no'} |")


def parts(repeats: int) -> None:
    """The parts of a solve, a gradient and a warm start, for the first random bodies."""
    from fusiform.solvers.flow import (
        ACCURACIES,
        Domain,
        discretise,
        force_vjp,
        level,
        linearise,
        residual,
        solve_batch,
        solve_to_accuracy,
    )

    standard = ACCURACIES["standard"]
    print("\n| ms | discretise | residual | linearise | solve | transposed | gradient | cold | warm | batch, a body |")
    print("|" + "---|" * 10)
    for name, symmetric in (("symmetric", True), ("at incidence", False)):
        many, numbers = random_cases(symmetric, BATCH)
        c, re = many[:1], numbers[:1]
        resolution = level(float(re), 2)
        domain = Domain.HALF_PLANE if symmetric else Domain.PLANE
        problem = discretise(c, re, resolution, domain)
        flow, _, _ = solve_to_accuracy(c, re, standard)
        near, _, _ = solve_to_accuracy(c, 0.98 * re, standard)
        solve_batch(many, numbers, resolution)
        state = solve_batch(c, re, resolution).unknowns
        factors, rest = linearise(problem, state), residual(problem, state)
        one = torch.ones_like(re) + 0j
        work: list[Callable[[], object]] = [
            lambda c=c, re=re, r=resolution, d=domain: discretise(c, re, r, d),
            lambda p=problem, s=state: residual(p, s),
            lambda p=problem, s=state: linearise(p, s),
            lambda f=factors, r=rest: f.solve(r),
            lambda f=factors, r=rest: f.solve_transposed(r),
            lambda f=flow, w=one: force_vjp(f, w),
            lambda c=c, re=re: solve_to_accuracy(c, re, standard),
            lambda c=c, re=re, n=near: solve_to_accuracy(c, re, standard, n),
        ]
        times = [smallest(item, repeats) for item in work]
        whole = smallest(lambda m=many, n=numbers, r=resolution: solve_batch(m, n, r), 1) / BATCH
        print(f"| {name} | " + " | ".join(f"{t:.2f}" for t in [*times, whole]) + " |", flush=True)


def peak_memory() -> float:
    """The largest size of this process in MB. (`getrusage` would count the process that started it.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def memory(symmetric: bool) -> None:
    """Growth of this process's largest size in a cold solve, in MB, printed."""
    from fusiform.solvers.flow import ACCURACIES, solve_to_accuracy

    c, re = random_cases(symmetric, 1)
    torch.linalg.inv(torch.eye(8, dtype=torch.float64) + 0.1)  # loads LAPACK
    before = peak_memory()
    solve_to_accuracy(c, re, ACCURACIES["standard"])
    print(f"{peak_memory() - before:.1f}")


def peaks() -> None:
    """Memory of one solve, each in a fresh process."""
    for name in ("symmetric", "at incidence"):
        command = [sys.executable, __file__, "--memory", name]
        peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        print(f"Memory of one solve, {name}: {peak} MB above the libraries.")


def on_device(device: str) -> None:
    """Bodies a second by the size of a batch, memory, and the largest relative difference from the CPU's forces."""
    from fusiform.solvers.flow import level, solve_batch

    resolution = level(40.0, 2)
    print("| bodies | bodies a second | peak memory MB | largest difference from the CPU |\n|---|---|---|---|")
    for size in DEVICE_BATCHES:
        c, re = random_cases(False, size)
        there = c.to(device), re.to(device)
        for _ in range(2):  # the first time loads kernels
            torch.cuda.reset_peak_memory_stats(device)
            begun = time.perf_counter()
            flow = solve_batch(*there, resolution, continuation=False)
            torch.cuda.synchronize(device)
            seconds = time.perf_counter() - begun
        few = slice(0, min(size, BATCH))
        here = sum(solve_batch(c[few], re[few], resolution, continuation=False).force_coefficients)
        found = sum(flow.force_coefficients)[few].cpu()
        both = flow.converged[few].cpu()
        difference = float(((found - here).abs() / here.abs())[both].max())
        peak = torch.cuda.max_memory_allocated(device) / 2**20
        print(f"| {size} | {size / seconds:.0f} | {peak:.0f} | {difference:.0e} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bodies", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--serve", help="used by the script itself")
    parser.add_argument("--memory", help="used by the script itself")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.serve:
        serve(options.serve)
    elif options.memory:
        memory(options.memory == "symmetric")
    elif options.device != "cpu":
        on_device(options.device)
    else:
        compare(options.bodies, options.repeats)
        parts(options.repeats)
        peaks()
