"""A model as a folder: `model.safetensors` with the arrays, `config.json` with everything else.

The arrays are in single precision, except C₀'s polynomial and the levels of the error bounds (double) and the anchors
(half). The configuration holds the format's number, the architecture, the resolution, the design space, the error
bounds, the card and the checksums of both files. `model_values` has the ranges of all of them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.numpy import load_file, save
from torch import Tensor

from fusiform.solvers.common.array_values import Array
from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.common.files import finite
from fusiform.solvers.common.frozen import frozen_copy
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.model.error_bound import ErrorModel, LocalBound
from fusiform.surrogates.model.flow_basis import LinearBasis
from fusiform.surrogates.model.model_folder import AGAIN, read_folder, unreadable, write_folder
from fusiform.surrogates.model.model_values import BoundExponents, Configuration, configuration_of, require_model_arrays
from fusiform.surrogates.model.network import EquivariantNetwork


@dataclass(frozen=True)
class ModelParts:
    """Everything that a model folder holds.

    `space`: the designs that the model is trained on; `drag_scale` (3,): the polynomial of C₀, see `force_scaling`;
    `error`: the bound on the drag error; `card`: how it was made and how well it does, ready for JSON. Each access
    returns a copy, so that nothing that has the model can change it.
    """

    name: str
    space: DesignSpace
    network: EquivariantNetwork = frozen_copy()  # noqa: RUF009, descriptors without state
    basis: LinearBasis = frozen_copy()  # noqa: RUF009
    drag_scale: Tensor = frozen_copy()  # noqa: RUF009
    error: ErrorModel = frozen_copy()  # noqa: RUF009
    card: dict[str, Any] = frozen_copy()  # noqa: RUF009


def write_model(folder: Path, model: ModelParts) -> None:
    """Write the folder, which holds the old model or the new one at any time; `InputError` for a broken model."""
    values, arrays = _configuration(model), _arrays(model)
    require_model_arrays(arrays, configuration_of(values), "train the model with lower rates")
    write_folder(folder, values, save(arrays))


def _arrays(model: ModelParts) -> dict[str, Array]:
    tensors = {f"network.{key}": value for key, value in model.network.state_dict().items()}
    tensors |= {f"basis.{key}": value for key, value in vars(model.basis).items() if isinstance(value, Tensor)}
    tensors |= {"drag_scale": model.drag_scale, "anchors": model.error.anchors}
    single = {key: value.detach().cpu().float() for key, value in tensors.items()}
    levels = {"drag_levels": model.error.drag.levels, "lift_levels": model.error.lift.levels}
    exact = {key: value.double() for key, value in ({"drag_scale": model.drag_scale} | levels).items()}
    stored = single | exact | {"anchors": single["anchors"].half()}
    return {key: value.contiguous().numpy() for key, value in stored.items()}


def _configuration(model: ModelParts) -> dict[str, Any]:
    perceptron, error = model.network.perceptron, model.error
    return {
        "name": model.name,
        "architecture": {"width": perceptron.first.out_features, "depth": len(perceptron.hidden)},
        "resolution": asdict(model.basis.resolution),
        "space": model.space.table(),
        "error": {"radius": error.radius, "drag": _exponents(error.drag), "lift": _exponents(error.lift)},
        "card": finite(model.card),
    }


def _exponents(bound: LocalBound) -> dict[str, float]:
    return {each.name: getattr(bound, each.name) for each in fields(BoundExponents)}


@ordinary_tensors()
def read_model(folder: Path) -> ModelParts:
    """The model in `folder`, in double precision, in tensors of its own; `InputError` for any other folder."""
    config, path = read_folder(folder)
    try:
        arrays = load_file(path)
    except (OSError, SafetensorError) as error:
        raise unreadable(folder, error) from error
    require_model_arrays(arrays, config, AGAIN)
    return _assembled(config, {key: torch.from_numpy(array) for key, array in arrays.items()})


def _assembled(config: Configuration, stored: dict[str, Tensor]) -> ModelParts:
    anchors = stored.pop("anchors").float()
    tensors = {key: value.double().clone() for key, value in stored.items()}

    def part(prefix: str) -> dict[str, Tensor]:
        return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}

    weights = part("network.")
    inputs, parity, revolution = len(weights["input_mean"]), weights["parity"], config.space.revolution
    network = EquivariantNetwork(inputs, parity, **vars(config.architecture), revolution=revolution).double()
    network.load_state_dict(weights)
    network.requires_grad_(False)
    return ModelParts(
        name=config.name,
        space=config.space,
        network=network,
        basis=LinearBasis(**part("basis."), resolution=config.resolution, revolution=revolution),
        drag_scale=tensors["drag_scale"],
        error=ErrorModel(
            anchors,
            config.error.radius,
            LocalBound(tensors["drag_levels"], **vars(config.error.drag)),
            LocalBound(tensors["lift_levels"], **vars(config.error.lift)),
        ),
        card=config.card,
    )
