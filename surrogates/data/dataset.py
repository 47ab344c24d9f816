"""The data set: one solver call and one atomic file for each case, in worker processes, resumable.

A case file holds the design (a_k, α, Re), the solved state at the nodes of the data set's elements, φ and ω of `State`
in single precision, and the parts of C_D and C_L in double precision: made of rounded fields, they would lose digits.
`manifest.json` holds the configuration, its hash, the seed and the package versions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.chunks import resume
from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.common.files import make_folder, write_arrays, write_json
from fusiform.solvers.common.provenance import versions
from fusiform.solvers.flow import Domain, Problem, Resolution, discretise, solve_batch
from fusiform.surrogates.data.case_files import expected_case, read_cases
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.data.dataset_folder import (
    case_path,
    case_paths,
    digest_in,
    failures_path,
    manifest_path,
    read_failures,
    read_manifest,
)
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import Designs, sample, turned
from fusiform.surrogates.model.force_scaling import force_outputs

CASES_PER_TASK = 4
CHUNK = 128  # cases that are discretised at once


@dataclass(frozen=True)
class Dataset:
    """Solved cases: designs, the state and the forces of each, and factorisations spent.

    `phi` and `omega` (cases, n_xi, n_eta) in single precision, `scalars` (cases, 2) = (Q, Γ); `forces` (cases, 4):
    C_D pressure, friction, C_L pressure, friction. `revolution`: the kind of all bodies.
    """

    designs: Designs
    phi: Tensor
    omega: Tensor
    scalars: Tensor
    forces: Tensor
    factorisations: Tensor
    resolution: Resolution
    digest: str
    revolution: bool = False

    def __len__(self) -> int:
        return len(self.designs)


def problem_of(designs: Designs, resolution: Resolution, revolution: bool = False) -> Problem:
    """The discretised problem of a batch of designs."""
    domain = Domain.MERIDIAN if revolution else Domain.PLANE
    return discretise(turned(designs), designs.reynolds, resolution, domain)


def solved_domain(space: DesignSpace) -> Domain | None:
    """Where the flows of a space are solved: the meridian, or the half or whole plane, as a batch has it."""
    return Domain.MERIDIAN if space.revolution else None


def _solve_cases(config: DatasetConfig, folder: Path, indices: range) -> list[tuple[int, str]]:
    """Solve and store the cases; returns (index, reason) of those that did not converge."""
    torch.set_num_threads(1)
    designs = sample(config.space, config.seed, indices)
    flows = solve_batch(turned(designs), designs.reynolds, config.resolution, domain=solved_domain(config.space))
    state, forces = flows.state, force_outputs(*flows.force_coefficients)
    failed = []
    for i, index in enumerate(indices):
        if not bool(flows.converged[i]):
            failed.append((index, f"Newton stopped at a relative update of {float(flows.update[i]):.1e}"))
            continue
        arrays = {
            "coefficients": designs.coefficients[i].numpy(),
            "alpha": designs.alpha[i].numpy(),
            "reynolds": designs.reynolds[i].numpy(),
            "phi": state.phi[i].numpy().astype(np.float32),
            "omega": state.omega[i].numpy().astype(np.float32),
            "scalars": state.scalars[i].numpy(),
            "forces": forces[i].numpy(),
            "factorisations": flows.factorisations[i].numpy(),
        }
        write_arrays(case_path(folder, index), arrays)
    return failed


def make_dataset(
    config: DatasetConfig,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
    solve: Callable[[range], list[tuple[int, str]]] | None = None,
) -> list[tuple[int, str]]:
    """Solve every case that `folder` does not hold yet, in `workers` processes; returns the failures.

    `solve` stores the cases of a range of indices and returns its failures; by default flows on the elements of
    `config`. If it is killed, only whole cases remain, and a later call continues. `InputError` if the folder holds
    another configuration's cases.
    """
    make_folder(folder)
    _claim(folder, config)
    known = read_failures(folder)

    def is_done(index: int) -> bool:
        return index in known or case_path(folder, index).exists()

    work = solve or partial(_solve_cases, config, folder)
    for _, failed in resume(work, range(config.count), is_done, CASES_PER_TASK, workers, progress):
        known |= dict(failed)
        write_json(failures_path(folder), {str(index): reason for index, reason in sorted(known.items())})
    return sorted(known.items())


def _claim(folder: Path, config: DatasetConfig) -> None:
    path = manifest_path(folder)
    if path.exists():
        digest = digest_in(folder)
        require(
            digest is None or digest == config.digest,
            f"expected an empty folder or one made with this configuration ({config.digest}), got {folder} made with "
            f"{shown(digest)}; choose another folder with --out",
        )
        known = read_manifest(folder)
        config = replace(config, count=max(config.count, known.config.count))  # cases that are there remain part of it
    write_json(path, {"digest": config.digest, "config": config.table(), "versions": versions()})


def load_dataset(folder: Path, most: int | None = None) -> Dataset:
    """The solved cases of a folder, in the order of their indices, of the first `most` cases if that is given.

    `InputError` for an incomplete set, and for a case that is damaged or no case of the set.
    """
    manifest = read_manifest(folder)
    cases = read_cases(case_paths(folder, most), expected_case(manifest.config))

    def stack(key: str) -> Tensor:
        return torch.from_numpy(np.stack([case[key] for case in cases]))

    return Dataset(
        Designs(stack("coefficients"), stack("alpha"), stack("reynolds")),
        stack("phi"),
        stack("omega"),
        stack("scalars"),
        stack("forces"),
        stack("factorisations"),
        manifest.config.resolution,
        manifest.digest,
        manifest.config.space.revolution,
    )
