"""A model as a folder: `model.safetensors` with the arrays, `config.json` with everything else.

The arrays are in single precision, except C₀'s polynomial (double) and the anchors of the error bound (half). The
configuration holds the format's number, the architecture, the grid, the design space, the error bound and the card.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from fusiform.solvers.common.autograd import ordinary_tensors
from fusiform.solvers.common.errors import InputError
from fusiform.solvers.common.files import write_atomically, write_json
from fusiform.solvers.common.frozen import frozen_copy
from fusiform.solvers.flow import Resolution
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.model.error_bound import ErrorModel
from fusiform.surrogates.model.flow_basis import LinearBasis
from fusiform.surrogates.model.model_folder import ARRAYS, CONFIGURATION, FORMAT, read_configuration, unreadable
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
    """Write both files, each atomically, the configuration last."""
    arrays = save(_arrays(model))
    write_atomically(folder / ARRAYS, lambda file: file.write(arrays))
    write_json(folder / CONFIGURATION, _configuration(model))


def _arrays(model: ModelParts) -> dict[str, Tensor]:
    tensors = {f"network.{key}": value for key, value in model.network.state_dict().items()}
    tensors |= {f"basis.{key}": value for key, value in vars(model.basis).items() if isinstance(value, Tensor)}
    tensors |= {"drag_scale": model.drag_scale, "anchors": model.error.anchors}
    single = {key: value.detach().cpu().float().contiguous() for key, value in tensors.items()}
    return single | {"drag_scale": model.drag_scale.double(), "anchors": single["anchors"].half()}


def _configuration(model: ModelParts) -> dict[str, Any]:
    perceptron = model.network.perceptron
    return {
        "format": FORMAT,
        "name": model.name,
        "architecture": {"width": perceptron.first.out_features, "depth": len(perceptron.hidden)},
        "resolution": asdict(model.basis.resolution),
        "space": asdict(model.space),
        "error": {key: value for key, value in vars(model.error).items() if isinstance(value, float)},
        "card": model.card,
    }


@ordinary_tensors()
def read_model(folder: Path) -> ModelParts:
    """The model in `folder`, in double precision, in tensors of its own; `InputError` for any other folder."""
    config = read_configuration(folder)
    try:
        return _assembled(config, load_file(folder / ARRAYS))
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, RuntimeError, OSError, SafetensorError) as error:
        raise unreadable(folder, error) from error


def _assembled(config: dict[str, Any], stored: dict[str, Tensor]) -> ModelParts:
    anchors = stored.pop("anchors").float()
    tensors = {key: value.double().clone() for key, value in stored.items()}

    def part(prefix: str) -> dict[str, Tensor]:
        return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}

    weights = part("network.")
    network = EquivariantNetwork(len(weights["input_mean"]), weights["parity"], **config["architecture"]).double()
    network.load_state_dict(weights)
    network.requires_grad_(False)
    return ModelParts(
        name=config["name"],
        space=DesignSpace(**config["space"]),
        network=network,
        basis=LinearBasis(**part("basis."), resolution=Resolution(**config["resolution"])),
        drag_scale=tensors["drag_scale"],
        error=ErrorModel(anchors, **config["error"]),
        card=config["card"],
    )
