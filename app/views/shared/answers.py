"""What the page asks of the models and the flows, remembered for all sessions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fusiform.app.background.cache import Attached, Memory
from fusiform.app.drawings.drawing import Sensitivity, sensitivity_of
from fusiform.app.drawings.pictures import Array, Picture, draw
from fusiform.app.drawings.raster import Raster, raster, sample
from fusiform.app.drawings.wall_curves import WallCurve
from fusiform.app.state.design import Design
from fusiform.app.state.window import Window
from fusiform.solvers import Body, FlowConditions, load_body
from fusiform.solvers.flow import FlowAnalysis, FlowField, Streamlines, WallPoint, analyse, streamlines
from fusiform.solvers.geometry import parse_outline

if TYPE_CHECKING:
    from fusiform.surrogates import Prediction, Surrogate

_named: Memory[Body] = Memory(100)
_uploaded: Memory[Body] = Memory(50)
_bodies: Memory[Body] = Memory(200)
_surrogates: Memory[Surrogate] = Memory(4)
_predictions: Memory[Prediction] = Memory(60)
_sensitivities: Memory[Sensitivity] = Memory(60)
_analyses: Attached[FlowField, FlowAnalysis] = Attached(1)
_lines: Attached[FlowField, Streamlines] = Attached(2)
_pictures: Attached[FlowField, Picture] = Attached(2)
_rasters: Memory[Raster] = Memory(40)
_samples: Attached[FlowField, Array] = Attached(8)


def body_key(body: Body) -> bytes:
    """Names a body's shape: equal for equal coefficients."""
    return body.coefficients.numpy().tobytes()


def named_body(spec: str) -> Body:
    """`load_body`; `InputError` is not remembered."""
    return _named.ask(spec, lambda: load_body(spec))


def uploaded_body(content: bytes, file_name: str) -> Body:
    """The body in an uploaded .dat or .csv file."""
    path = Path(file_name)
    return _uploaded.ask(
        (content, file_name), lambda: Body.from_outline(parse_outline(content, path.suffix), name=path.stem)
    )


def body_of(design: Design) -> Body:
    """The body of a design."""
    return _bodies.ask(design, lambda: design.body)


def surrogate(folder: str) -> Surrogate:
    """The surrogate in a folder; the shipped one for an empty name."""
    from fusiform.surrogates import load_surrogate

    return _surrogates.ask(folder, lambda: load_surrogate(folder or None))


def prediction(folder: str, body: Body, conditions: FlowConditions) -> Prediction:
    """The surrogate's answer."""
    key = (folder, body_key(body), body.fit_error, conditions)
    return _predictions.ask(key, lambda: surrogate(folder).evaluate(body, conditions))


def sensitivity(folder: str, body: Body, conditions: FlowConditions) -> Sensitivity:
    """How the surrogate's drag answers to the outline."""
    key = (folder, body_key(body), conditions)
    return _sensitivities.ask(key, lambda: sensitivity_of(prediction(folder, body, conditions)))


def analysis(field: FlowField) -> FlowAnalysis:
    """Separation, stagnation, recirculation and pressures of `field`."""
    return _analyses.ask(field, None, lambda: analyse(field))


def wall_curve(name: str, field: FlowField, colour: str, separation: Sequence[WallPoint] | None = None) -> WallCurve:
    """The wall of `field`, with the `separation` points that are known, else those of `analysis`."""
    return WallCurve(name, field, colour, analysis(field).separation if separation is None else separation)


def picture(field: FlowField, window: Window) -> Picture:
    """`field` on a raster, with its streamlines."""
    return _pictures.ask(field, window, lambda: draw(field, window))


def sampled(field: FlowField, window: Window, columns: int, quantity: str) -> tuple[Raster, Array]:
    """The raster of the body of `field` in `window`, and a quantity of `field` on it."""
    key = (field.coefficients.numpy().tobytes(), window, columns)
    grid = _rasters.ask(key, lambda: raster(field, window, columns))
    return grid, _samples.ask(field, (window, columns, quantity), lambda: sample(grid, field, quantity))


def lines(field: FlowField, window: Window) -> Streamlines:
    """The streamlines of `field` in `window`."""
    return _lines.ask(field, window, lambda: streamlines(field, (window.left, window.right, window.bottom, window.top)))
