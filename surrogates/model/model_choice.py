"""The model that answers: the shipped one, a folder's, or one in memory."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from os import PathLike
from pathlib import Path

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.common.errors import require
from fusiform.surrogates.model.model_file import read_model
from fusiform.surrogates.model.prediction import Prediction
from fusiform.surrogates.model.surrogate import Surrogate

DEFAULT_MODEL, REVOLUTION_MODEL = "default", "revolution"


def load_surrogate(path: str | PathLike[str] | None = None, *, revolution: bool = False) -> Surrogate:
    """Load a model, in double precision and ready for queries.

    Parameters
    ----------
    path : path, optional
        Folder of the model, as `fusiform train` or `Surrogate.save` write it. Default: the model that ships with
        Fusiform for bodies of the kind.
    revolution : bool
        The kind of the shipped model's bodies: those of revolution instead of plane ones. A folder has its own.

    Returns
    -------
    Surrogate
        Each call loads anew: its tensors are shared with no other.

    Raises
    ------
    InputError
        If the folder holds no model, a damaged one, or one of another format.

    Examples
    --------
    >>> import fusiform as fs
    >>> surrogate = fs.load_surrogate()
    >>> surrogate.name, surrogate.space.reynolds_min, surrogate.space.reynolds_max
    ('default', 0.5, 60.0)
    >>> fs.load_surrogate(revolution=True).revolution
    True
    """
    require(
        path is None or isinstance(path, str | PathLike),
        f"expected the folder of a model, got {type(path).__name__}; give a path, or nothing for the shipped model",
    )
    if path is not None:
        return _read(Path(path))
    name = REVOLUTION_MODEL if revolution else DEFAULT_MODEL
    with as_file(files("fusiform.assets") / "models" / name) as folder:
        return _read(folder)


def predict(
    body: Body, conditions: FlowConditions, *, model: Surrogate | str | PathLike[str] | None = None
) -> Prediction:
    """Predict the steady laminar flow past a body by a surrogate.

    Forces come in about a millisecond; the flow, bounds on the errors and corrected forces are made when they are
    asked for.

    Parameters
    ----------
    body : Body
        Any body; it is reduced to the model's number of modes.
    conditions : FlowConditions
        Reynolds number and incidence, which is 0 for a body of revolution.
    model : Surrogate or path, optional
        A loaded model or a model's folder, of the body's kind. Default: the model that ships with Fusiform for bodies
        of this kind, which the first call loads and later calls reuse.

    Returns
    -------
    Prediction
        Check its `confidence` before use: outside the training space the answer is an extrapolation.

    Raises
    ------
    InputError
        If an argument is of another type, the folder holds no model, or the model is for bodies of the other kind.

    Examples
    --------
    >>> import fusiform as fs
    >>> prediction = fs.predict(fs.Body.ellipse(3.0), fs.FlowConditions(reynolds=20.0))
    >>> f"{prediction.drag_coefficient:.3f} ± {prediction.drag_bound:.3f}"
    '1.650 ± 0.003'
    """
    if model is None:
        return _shipped(isinstance(body, Body) and body.revolution).evaluate(body, conditions)
    return (model if isinstance(model, Surrogate) else load_surrogate(model)).evaluate(body, conditions)


@cache
def _shipped(revolution: bool) -> Surrogate:
    return load_surrogate(revolution=revolution)


def _read(folder: Path) -> Surrogate:
    return Surrogate(**vars(read_model(folder)))
