"""What models and flows say, in caches that all sessions share: predictions, flows on rasters, streamlines."""

from __future__ import annotations

from collections.abc import Sequence

from fusiform.app.background.cache import Attached, Memory
from fusiform.app.drawings.pictures import Array, Picture, draw
from fusiform.app.drawings.raster import Raster, raster, sample
from fusiform.app.drawings.sensitivity import Sensitivity, sensitivity_of
from fusiform.app.drawings.wall_curves import WallCurve
from fusiform.app.state.window import Window
from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.flow import FlowAnalysis, FlowField, Streamlines, WallPoint, analyse, streamlines
from fusiform.surrogates import FlowPrediction, SurrogateModel, load_surrogate

_surrogates: Memory[SurrogateModel] = Memory(4)
_predictions: Memory[FlowPrediction] = Memory(60)
_sensitivities: Memory[Sensitivity] = Memory(60)
_analyses: Attached[FlowField, FlowAnalysis] = Attached(1)
_lines: Attached[FlowField, Streamlines] = Attached(2)
_pictures: Attached[FlowField, Picture] = Attached(2)
_rasters: Memory[Raster] = Memory(40)
_samples: Attached[FlowField, Array] = Attached(8)

PredictionKey = tuple[str, bytes, FlowConditions]


def prediction_key(folder: str, body: Body, conditions: FlowConditions) -> PredictionKey:
    """The key of a question to the surrogate: equal for equal coefficients."""
    return folder, body.coefficients.numpy().tobytes(), conditions


def surrogate(folder: str) -> SurrogateModel:
    """The surrogate in a folder; the shipped one for an empty name."""
    return _surrogates.ask(folder, lambda: load_surrogate(folder or None))


def prediction(folder: str, body: Body, conditions: FlowConditions) -> FlowPrediction:
    """The surrogate's answer."""
    key = (*prediction_key(folder, body, conditions), body.fit_error)
    return _predictions.ask(key, lambda: surrogate(folder).evaluate(body, conditions))


def sensitivity(key: PredictionKey, predicted: FlowPrediction) -> Sensitivity:
    """The sensitivity of the drag to the outline, by the surrogate's gradient; `key` is that of `predicted`."""
    return _sensitivities.ask(key, lambda: sensitivity_of(predicted))


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
