"""The data set: one solver call a case, one atomic file a case, worker processes, restart where it stopped.

A case file holds the design (a_k, α, Re) and the solved state on the data set's grid, as scaled fields: ψ − y and ω in
single precision. `manifest.json` holds the configuration, its hash, the seed and the package versions.
"""

from __future__ import annotations

import hashlib
import json
import platform
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import make_folder, write_arrays, write_json
from fusiform.solvers.common.processes import run_in_processes
from fusiform.solvers.flow import Problem, Resolution, discretise, solve_batch
from fusiform.solvers.geometry import laurent
from fusiform.surrogates.design_space import Designs, DesignSpace, sample

CASES_PER_TASK = 4


@dataclass(frozen=True)
class DatasetConfig:
    """`count` designs of `space` drawn with `seed`, solved at `resolution`."""

    count: int
    seed: int
    space: DesignSpace
    resolution: Resolution

    def __post_init__(self) -> None:
        require(
            self.count >= 1 and self.seed >= 0,
            f"expected at least one case and a seed of 0 or more, got {self.count} and {self.seed}; correct the recipe",
        )

    @property
    def digest(self) -> str:
        """Hash of what determines a case; the count does not, so that a set can grow."""
        fixed = {key: value for key, value in asdict(self).items() if key != "count"}
        return hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Dataset:
    """Solved cases: designs, the scaled state of each, and linear solves spent.

    `psi` (ψ − y) and `omega` (cases, n_xi, n_eta) in single precision, `scalars` (cases, 2) = (Q, Γ).
    """

    designs: Designs
    psi: Tensor
    omega: Tensor
    scalars: Tensor
    linear_solves: Tensor
    resolution: Resolution
    digest: str

    def __len__(self) -> int:
        return len(self.designs)

    def select(self, index: Tensor | slice) -> Dataset:
        return Dataset(
            self.designs.select(index),
            self.psi[index],
            self.omega[index],
            self.scalars[index],
            self.linear_solves[index],
            self.resolution,
            self.digest,
        )


def turned(designs: Designs) -> Tensor:
    """Coefficients at incidence, (batch, K)."""
    return laurent.rotate(designs.coefficients, designs.alpha)


def problem_of(designs: Designs, resolution: Resolution) -> Problem:
    """The discretised problem of a batch of designs."""
    return discretise(turned(designs), designs.reynolds, resolution)


def provenance() -> dict[str, str]:
    """Versions of what produced an artefact."""
    packages = {name: version(name) for name in ("torch", "numpy", "scipy", "fusiform")}
    return {"python": platform.python_version(), **packages}


def _case_path(folder: Path, index: int) -> Path:
    return folder / f"case-{index:06d}.npz"


def _solve_cases(config: DatasetConfig, folder: Path, indices: range) -> list[tuple[int, str]]:
    """Solve and store the cases; returns (index, reason) of those that did not converge."""
    torch.set_num_threads(1)
    designs = sample(config.space, config.seed, indices)
    flows = solve_batch(turned(designs), designs.reynolds, config.resolution)
    psi = flows.state.psi - flows.problem.stream
    failed = []
    for i, index in enumerate(indices):
        if not bool(flows.converged[i]):
            failed.append((index, f"Newton stopped at a relative update of {float(flows.update[i]):.1e}"))
            continue
        arrays = {
            "coefficients": designs.coefficients[i].numpy(),
            "alpha": designs.alpha[i].numpy(),
            "reynolds": designs.reynolds[i].numpy(),
            "psi": psi[i].numpy().astype(np.float32),
            "omega": flows.state.omega[i].numpy().astype(np.float32),
            "scalars": flows.state.scalars[i].numpy(),
            "linear_solves": flows.linear_solves[i].numpy(),
        }
        write_arrays(_case_path(folder, index), arrays)
    return failed


def make_dataset(
    config: DatasetConfig,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[tuple[int, str]]:
    """Solve every case that `folder` does not hold yet, in `workers` processes; returns the failures.

    Killed at any time it leaves whole cases only, and a later call goes on. `InputError` if the folder holds another
    configuration's cases.
    """
    make_folder(folder)
    _claim(folder, config)
    known = _read_failures(folder)
    missing = [i for i in range(config.count) if i not in known and not _case_path(folder, i).exists()]
    total, done = config.count, config.count - len(missing)
    progress(done, total)
    for task, failed in run_in_processes(partial(_solve_cases, config, folder), _runs(missing), workers):
        known |= dict(failed)
        write_json(folder / "failures.json", {str(index): reason for index, reason in sorted(known.items())})
        done += len(task)
        progress(done, total)
    return sorted(known.items())


def _runs(indices: list[int]) -> list[range]:
    """Consecutive indices in ranges of at most CASES_PER_TASK."""
    runs: list[range] = []
    for index in indices:
        if runs and runs[-1].stop == index and len(runs[-1]) < CASES_PER_TASK:
            runs[-1] = range(runs[-1].start, index + 1)
        else:
            runs.append(range(index, index + 1))
    return runs


def _claim(folder: Path, config: DatasetConfig) -> None:
    path = folder / "manifest.json"
    manifest = {"digest": config.digest, "config": asdict(config), "versions": provenance()}
    if path.exists():
        found = json.loads(path.read_text())["digest"]
        require(
            found == config.digest,
            f"expected an empty folder or one made with this configuration ({config.digest}), got {folder} made with "
            f"{found}; choose another folder with --out",
        )
    write_json(path, manifest)


def _read_failures(folder: Path) -> dict[int, str]:
    path = folder / "failures.json"
    return {int(k): v for k, v in json.loads(path.read_text()).items()} if path.exists() else {}


def load_dataset(folder: Path) -> Dataset:
    """All solved cases of a folder, in the order of their indices; `InputError` if there are none."""
    manifest_path = folder / "manifest.json"
    require(
        manifest_path.exists(),
        f"expected a data set folder with a manifest.json, got {folder}; make one with `fusiform dataset`",
    )
    manifest = json.loads(manifest_path.read_text())
    paths = sorted(folder.glob("case-*.npz"))
    require(len(paths) > 0, f"expected solved cases in {folder}, found none; run `fusiform dataset` to the end")
    cases = [_read_case(path) for path in paths]

    def stack(key: str) -> Tensor:
        return torch.from_numpy(np.stack([case[key] for case in cases]))

    return Dataset(
        Designs(stack("coefficients"), stack("alpha"), stack("reynolds")),
        stack("psi"),
        stack("omega"),
        stack("scalars"),
        stack("linear_solves"),
        Resolution(**manifest["config"]["resolution"]),
        manifest["digest"],
    )


def _read_case(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {key: file[key] for key in file.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(
            f"expected a readable case file, got {path.name} ({error}); delete it and run `fusiform dataset` again"
        ) from error
