"""Cost of a half-inverse step: through the dense SVD of the Jacobian, and through the Gram matrix.

    OMP_NUM_THREADS=1 python tests/benchmarks/half_inverse_cost.py

Prints a Markdown table and writes it to `assets/training/`; about ten minutes on a quiet core. Each measurement has a
process of its own and one thread. Both sides get the same network (in → w → w → 16, tanh, float64), the same mini-batch
(16 rows a sample) and the same exponent and truncation, and do all of a step: network and Jacobian from the same start,
and in the end Δθ. Dense: J from `torch.func`, `torch.linalg.svd`, V S^κ Uᵀ g. Ours: what `HalfInverseGradients` does.

Time is CPU seconds of one thread, which is wall clock on a quiet core, the best of three runs where one takes less than
five; memory is the peak resident set less that before.
The difference is |Δθ_ours − Δθ_dense| / |Δθ_dense|. Dense sides that would need more than 8 GB or two minutes are left
out, as the table says.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

OUT = Path(__file__).parents[2] / "assets/training"
OUTPUTS = 16
WIDTHS = {"3k": 40, "25k": 142, "100k": 300, "1M": 983}
ROWS = (256, 512, 1024, 4096)
KAPPA, TRUNCATION = -0.5, 1e-5
DENSE_BYTES, DENSE_SECONDS = 8e9, 120.0
# Estimates of the dense side: three arrays of the size of J; and flops of the SVD by what 512 rows of 25k took (8 s).
SECONDS_PER_PRODUCT = 8.0 / (512**2 * 25e3)


@dataclass(frozen=True)
class Cost:
    """Seconds, bytes above the baseline, share of the time in `eigh` or `svd`, and the file with Δθ."""

    seconds: float
    bytes: float
    factorisation: float
    step: Path


def parameters(width: int) -> int:
    return (OUTPUTS + 1) * width + (width + 1) * width + (width + 1) * OUTPUTS


def too_large(width: int, rows: int) -> str | None:
    """The reason to leave out the dense side."""
    n = parameters(width)
    if 3 * 8 * rows * n > DENSE_BYTES:
        return f"> {DENSE_BYTES / 1e9:.0f} GB"
    small, large = sorted((rows, n))
    return f"> {DENSE_SECONDS / 60:.0f} min" if small**2 * large * SECONDS_PER_PRODUCT > DENSE_SECONDS else None


def measure(side: str, width: int, rows: int, folder: Path) -> Cost:
    """One side in a process of its own."""
    path = folder / f"{side}-{width}-{rows}.npy"
    command = [sys.executable, __file__, "one", side, str(width), str(rows), str(path)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = json.loads(text.splitlines()[-1])
    return Cost(found["seconds"], found["bytes"], found["factorisation"], path)


def one(side: str, width: int, rows: int, path: Path) -> None:
    """Measure and print as JSON; runs in the subprocess."""
    import time

    import torch
    from torch import nn

    from fusiform.surrogates.training.half_inverse.jacobian import BatchJacobian
    from fusiform.surrogates.training.half_inverse.spectral_power import SpectralPower, spectral_step
    from fusiform.surrogates.training.physics import Batch, Regression, residual_and_jacobian

    torch.set_num_threads(1)
    factorising = 0.0

    def timed(function: Any) -> Any:
        def wrapped(*arguments: Any, **knobs: Any) -> Any:
            nonlocal factorising
            begin = time.process_time()
            answer = function(*arguments, **knobs)
            factorising += time.process_time() - begin
            return answer

        return wrapped

    torch.linalg.eigh, torch.linalg.svd = timed(torch.linalg.eigh), timed(torch.linalg.svd)

    def step(network: nn.Module, batch: Batch) -> torch.Tensor:
        jacobian = BatchJacobian(network, batch.inputs)
        residual, t = residual_and_jacobian(Regression(), jacobian.outputs, batch)
        jacobian, g = jacobian.with_rows(t), residual.flatten() / len(batch)
        if side == "ours":
            return spectral_step(jacobian, SpectralPower(KAPPA, TRUNCATION)).step(g)
        u, s, vh = torch.linalg.svd(jacobian.block(list(jacobian.parameters)), full_matrices=False)
        powers = torch.where(s > TRUNCATION * s[0], s**KAPPA, 0.0)
        return vh.T @ (powers * (u.T @ g))

    def problem(width: int, rows: int) -> tuple[nn.Module, Batch]:
        torch.manual_seed(0)
        layers = [nn.Linear(OUTPUTS, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, OUTPUTS)]
        size = rows // OUTPUTS
        return nn.Sequential(*layers).double(), Batch.of(*torch.randn(2, size, OUTPUTS, dtype=torch.float64))

    step(*problem(8, 64))  # libraries are loaded before the baseline is taken
    network, batch = problem(width, rows)
    baseline = reset_peak()
    times = []
    while not times or (len(times) < 3 and sum(times) < 5.0 * len(times)):
        factorising = 0.0
        begin = time.process_time()
        delta = step(network, batch)
        times.append(time.process_time() - begin)
        if len(times) == 1:
            peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    np.save(path, delta.numpy())
    print(json.dumps({"seconds": min(times), "bytes": peak - baseline, "factorisation": factorising / times[-1]}))


def reset_peak() -> int:
    """Set the peak resident set back to the present one, and return that (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def row(name: str, width: int, rows: int, folder: Path) -> str:
    """One line of the table."""
    ours = measure("ours", width, rows, folder)
    head = f"| {name} ({parameters(width):,}) | {rows:,} "
    mine = f"{ours.seconds:.3g} | {ours.factorisation:.0%} "
    if reason := too_large(width, rows):
        return f"{head}| {reason} | {mine}| | | {ours.bytes / 1e6:.0f} | | |"
    dense = measure("dense", width, rows, folder)
    exact, got = np.load(dense.step), np.load(ours.step)
    difference = float(np.linalg.norm(got - exact) / np.linalg.norm(exact))
    return (
        f"{head}| {dense.seconds:.3g} | {mine}| {dense.seconds / ours.seconds:.0f} | {dense.bytes / 1e6:.0f} "
        f"| {ours.bytes / 1e6:.0f} | {ours.bytes / dense.bytes:.3f} | {difference:.0e} |"
    )


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    lines = [
        "| parameters | rows | dense SVD, s | ours, s | of that eigh | times faster | dense, MB | ours, MB | share | "
        "difference |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    print("\n".join(lines), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, width in WIDTHS.items():
            for rows in ROWS:
                lines.append(row(name, width, rows, Path(folder)))
                print(lines[-1], flush=True)
    (OUT / "half_inverse_cost.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
    else:
        main()
