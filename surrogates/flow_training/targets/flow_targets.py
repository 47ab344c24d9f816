"""Targets of scale-invariant physics (SIP) for flows: the state inverse as the work of a process.

For bodies drawn at random the network predicts a flow q; the state inverse answers with q̃ = q − t J_R⁻¹ R(q), and the
network is then fitted to q̃, held constant (Holl, Koltun & Thuerey, NeurIPS 2022, algorithm 1, with Newton's method as
the local inverse). No full solve is needed. A target is used only where the inverse's last chord step was shorter than
`accept`; elsewhere one more update is spent, and where the inverse refuses, or the updates do not suffice, the body is
dropped and counted. (The fall of the residual is no criterion: it is dominated by the network's small-scale noise, and
one update in ten lowered it tenfold while the flow got worse.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.array_values import Array, Expected, require_arrays
from fusiform.solvers.common.errors import require
from fusiform.surrogates.data.case_files import expected_design
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import Designs, sample, turned
from fusiform.surrogates.flow_training.settings import InverseConfig
from fusiform.surrogates.flow_training.targets.flow_physics import FlowPhysics, flow_batch
from fusiform.surrogates.model.model_choice import load_surrogate
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.training import Targets, invert


def physics_of(surrogate: Surrogate, config: InverseConfig) -> FlowPhysics:
    """The flow in the basis of `surrogate`, with the inverse that `config` describes."""
    return FlowPhysics(surrogate.basis, surrogate.drag_scale, config.chord_steps, config.accept)


@torch.no_grad()
def invert_flows(surrogate: Surrogate, designs: Designs, config: InverseConfig) -> Targets:
    """Targets for `designs` from the predictions of `surrogate`.

    The updates are the library's, as for any physics: between two of them a state is projected on the basis, which
    `flow.updated_state` (one case, with its factors for the tangents) does not do.
    """
    batch = flow_batch(surrogate.network, turned(designs), designs.reynolds)
    outputs = surrogate.network.from_pair(batch.inputs.movedim(1, 0)).double()
    return invert(physics_of(surrogate, config), outputs, batch, config.max_updates)


def make_targets(model: Path, seed: int, config: InverseConfig, indices: range) -> dict[str, Array]:
    """Targets for the designs `indices` of `seed` from the model in folder `model`: the work of one process."""
    torch.set_num_threads(1)
    surrogate = load_surrogate(model)
    designs = sample(surrogate.space, seed, indices)
    targets = invert_flows(surrogate, designs, config)
    rows = {"target": targets.values, "accepted": targets.accepted, "updates": torch.tensor(targets.inversions)}
    return target_rows(designs, rows)


def expected_targets(space: DesignSpace, outputs: int, rows: int) -> dict[str, Expected]:
    """The arrays in a file of `rows` targets; refused targets may be any numbers."""
    designs = {
        name: Expected(each.kind, (rows, *each.shape), each.least, each.most)
        for name, each in expected_design(space).items()
    }
    return designs | {
        "target": Expected("float64", (rows, outputs), None),
        "accepted": Expected("bool", (rows,), 0, 1),
        "updates": Expected("int64", (), 0, 1e9),
    }


def require_targets(
    expected: Callable[[int], Mapping[str, Expected]], arrays: Mapping[str, Array], rows: int, where: str, remedy: str
) -> None:
    """Raise `InputError` unless the arrays of a file are those of `rows` targets, finite where they are accepted."""
    require_arrays(arrays, expected(rows), where, remedy)
    for name in ("target", "slopes"):
        require(
            name not in arrays or bool(np.isfinite(arrays[name][arrays["accepted"]]).all()),
            f"expected finite numbers for accepted targets in {name} of {where}, got NaN or inf; {remedy}",
        )


def target_rows(designs: Designs, rows: dict[str, Tensor]) -> dict[str, Array]:
    """The arrays of a file of targets: the designs, and the rows of their targets."""
    return {name: value.numpy() for name, value in (vars(designs) | rows).items()}
