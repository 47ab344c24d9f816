"""The file of a run in time that may be stopped: the flow at its last moment and the forces so far."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import read_arrays, write_arrays
from fusiform.solvers.flow.equations.state import State
from fusiform.solvers.flow.unsteady.time_stepping import Moment, TimeStepping

REMEDY = "start without resuming, or resume with the body and the conditions that were stopped"
NAMES = {"flow", "steps", "phi", "omega", "scalars", "mean", "history"}


def write_run(path: Path, stepping: TimeStepping, moment: Moment, history: FloatArray) -> None:
    """Write `moment` and the `history` (steps, 3) of t, C_D and C_L."""
    parts = {
        name: np.stack([_numbers(getattr(s, name)) for s in moment.states]) for name in ("phi", "omega", "scalars")
    }
    numbers = {"steps": np.array(moment.steps), "mean": _numbers(moment.mean), "history": history}
    write_arrays(path, {"flow": _identity(stepping), **parts, **numbers})


def read_run(path: Path, stepping: TimeStepping, like: Moment) -> tuple[Moment, FloatArray]:
    """Moment and history of a run of the same flow with the same steps; `InputError` for any other file."""
    arrays = read_arrays(path, REMEDY)
    states = (3, *like.mean.shape)
    shapes = {"phi": states, "omega": states, "scalars": (3, 1, 2), "mean": tuple(like.mean.shape), "steps": ()}
    fits = set(arrays) == NAMES and all(arrays[name].shape == shape for name, shape in shapes.items())
    require(
        fits
        and arrays["flow"].shape == _identity(stepping).shape
        and bool(np.allclose(arrays["flow"], _identity(stepping), rtol=1e-12, atol=0.0))
        and arrays["history"].shape == (int(arrays["steps"]), 3)
        and all(a.dtype.kind in "fi" and bool(np.isfinite(a).all()) for a in arrays.values()),
        f"expected the run of the same flow in {path.name}, got another file; {REMEDY}",
    )
    phi, omega, scalars = (torch.from_numpy(arrays[name]).to(like.mean) for name in ("phi", "omega", "scalars"))
    first, second, third = (State(*parts) for parts in zip(phi, omega, scalars, strict=True))
    moment = Moment(int(arrays["steps"]), (first, second, third), torch.from_numpy(arrays["mean"]).to(like.mean))
    return moment, np.asarray(arrays["history"], dtype=np.float64)


def _identity(stepping: TimeStepping) -> FloatArray:
    """What no other body, Reynolds number or step has: places on the wall, ν, Δt."""
    wall = _numbers(torch.view_as_real(stepping.problem.position[0, 0])).ravel()
    return np.concatenate([wall, _numbers(stepping.problem.viscosity), [stepping.step]])


def _numbers(values: Tensor) -> FloatArray:
    return np.asarray(values.detach().cpu().numpy())
