"""The arrays of the cases in a data set, compared with a table; each case once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from fusiform.solvers.common.array_values import Array, Expected, require_arrays
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import read_arrays
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.data.dataset_folder import RESTART
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.model.layout import FORCES, nodes_of


def expected_design(space: DesignSpace) -> dict[str, Expected]:
    """The arrays of a design of `space`."""
    turn = math.radians(space.alpha_max_deg) * (1.0 + 1e-12)
    return {
        "coefficients": Expected("complex128", (space.modes,), 0, 1),
        "alpha": Expected("float64", (), -turn, turn),
        "reynolds": Expected("float64", (), space.reynolds_min / (1.0 + 1e-12), space.reynolds_max * (1.0 + 1e-12)),
    }


def expected_case(config: DatasetConfig) -> dict[str, Expected]:
    """The arrays of a case: its design and its flow."""
    fields = Expected("float32", nodes_of(config.resolution, config.space.revolution), -1e6, 1e6)
    return expected_design(config.space) | {
        "phi": fields,
        "omega": fields,
        "scalars": Expected("float64", (2,), -1e6, 1e6),
        "forces": Expected("float64", (FORCES,), -1e6, 1e6),
        "factorisations": Expected("float64", (), 1, 10_000),
    }


def expected_forces(space: DesignSpace) -> dict[str, Expected]:
    """The arrays of a case of forces alone: its design, C_D + i C_L and the error of it."""
    force = Expected("complex128", (), 0, 1e6)
    return expected_design(space) | {"forces": force, "errors": force}


def read_cases(paths: Sequence[Path], expected: Mapping[str, Expected]) -> list[dict[str, Array]]:
    """The arrays of each file; `InputError` for a damaged or foreign one, and for one that is there twice."""
    cases: list[dict[str, Array]] = []
    designs: dict[bytes, str] = {}
    for path in paths:
        case = read_arrays(path, RESTART)
        require_arrays(case, expected, str(path), RESTART)
        design = b"".join(case[name].tobytes() for name in ("coefficients", "alpha", "reynolds"))
        require(
            design not in designs,
            f"expected another case in {str(path)!r}, got that of {designs.get(design)}; {RESTART}",
        )
        designs[design] = path.name
        cases.append(case)
    return cases
