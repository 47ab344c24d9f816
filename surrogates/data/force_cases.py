"""Cases with the forces alone, solved to the accuracy of `fine`: the truth to which error bounds are fitted.

Four of five are bodies that the sampler draws, the fifth an ellipse (around an axis a spheroid): bodies from people are
smoother than drawn ones. A case file holds the design, C_D + i C_L, and the solver's estimate of its error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.files import write_arrays
from fusiform.solvers.flow import ACCURACIES, solve_to_accuracy
from fusiform.surrogates.data.case_files import expected_forces, read_cases
from fusiform.surrogates.data.dataset import make_dataset, solved_domain
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.data.dataset_folder import case_path, case_paths, read_manifest
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import Designs, sample, turned

CYCLE = 5  # the last case of each cycle is an ellipse


@dataclass(frozen=True)
class ForceCases:
    """`designs`, their `forces` C_D + i C_L, and the estimated `errors` of these, each (n,) complex.

    `revolution`: the kind of all bodies.
    """

    designs: Designs
    forces: Tensor
    errors: Tensor
    digest: str
    revolution: bool = False

    def __len__(self) -> int:
        return len(self.designs)


def design(space: DesignSpace, seed: int, index: int) -> Designs:
    """The design of one case; deterministic in its arguments."""
    cycle, place = divmod(index, CYCLE)
    if place == CYCLE - 1:
        return sample(space, seed, range(cycle, cycle + 1), reach=0.0)
    body = cycle * (CYCLE - 1) + place
    return sample(space, seed, range(body, body + 1))


def make_force_cases(
    config: DatasetConfig,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[tuple[int, str]]:
    """Solve every case that `folder` does not hold yet; returns the failures. As `make_dataset`."""
    return make_dataset(config, folder, workers, progress, solve=partial(_solve_cases, config, folder))


def _solve_cases(config: DatasetConfig, folder: Path, indices: range) -> list[tuple[int, str]]:
    torch.set_num_threads(1)
    failures = [_solve_case(config, folder, index) for index in indices]
    return [(index, reason) for index, reason in zip(indices, failures, strict=True) if reason]


def _solve_case(config: DatasetConfig, folder: Path, index: int) -> str:
    """Solve and store a case; returns the reason if it has no accurate forces."""
    one = design(config.space, config.seed, index)
    domain = solved_domain(config.space)
    flow, estimate, _ = solve_to_accuracy(turned(one), one.reynolds, ACCURACIES["fine"], domain=domain)
    if not bool(flow.converged):
        return f"Newton stopped at a relative update of {float(flow.update):.1e}"
    error = estimate.total[0]
    if not bool(torch.isfinite(error.abs())):
        return "no estimate of the error"
    arrays = {
        "coefficients": one.coefficients[0],
        "alpha": one.alpha[0],
        "reynolds": one.reynolds[0],
        "forces": torch.stack(flow.force_coefficients).sum(0)[0],
        "errors": error,
    }
    write_arrays(case_path(folder, index), {name: value.numpy() for name, value in arrays.items()})
    return ""


def load_force_cases(folder: Path) -> ForceCases:
    """All solved cases of a folder, in the order of their indices; `InputError` as for `load_dataset`."""
    manifest = read_manifest(folder)
    cases = read_cases(case_paths(folder), expected_forces(manifest.config.space))

    def stack(key: str) -> Tensor:
        return torch.from_numpy(np.stack([case[key] for case in cases]))

    designs = Designs(stack("coefficients"), stack("alpha"), stack("reynolds"))
    return ForceCases(designs, stack("forces"), stack("errors"), manifest.digest, manifest.config.space.revolution)
