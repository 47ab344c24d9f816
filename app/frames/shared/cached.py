"""Caches that all sessions share: predictions and sensitivities, flows on rasters, analyses, streamlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fusiform.app.background.cache import LruCache, OwnedCache
from fusiform.app.drawings.pictures import Picture, draw
from fusiform.app.drawings.raster import Raster, raster, sample
from fusiform.app.drawings.sensitivity import Sensitivity, sensitivity_of
from fusiform.app.drawings.wall_curves import WallCurve
from fusiform.app.results.kept_results import Answer
from fusiform.app.state.window import Window
from fusiform.solvers import Body, FlowConditions, InputError, solve
from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.flow import FlowAnalysis, FlowField, Streamlines, WallPoint, analyse, streamlines
from fusiform.surrogates import FlowPrediction, SurrogateModel, load_surrogate


@dataclass(frozen=True)
class Solved:
    """The solver's answer, and by its gradient the sensitivity of the drag, None where there is no gradient."""

    answer: Answer
    sensitivity: Sensitivity | None


_surrogates: LruCache[SurrogateModel] = LruCache(4)
_predictions: LruCache[FlowPrediction] = LruCache(60)
_sensitivities: LruCache[Sensitivity] = LruCache(60)
_solved: LruCache[Solved] = LruCache(60)
_analyses: OwnedCache[FlowField, FlowAnalysis] = OwnedCache(1)
_lines: OwnedCache[FlowField, Streamlines] = OwnedCache(2)
_pictures: OwnedCache[FlowField, Picture] = OwnedCache(2)
_rasters: LruCache[Raster] = LruCache(40)
_samples: OwnedCache[FlowField, FloatArray] = OwnedCache(8)

PredictionKey = tuple[str, bool, bytes, FlowConditions]


def prediction_key(folder: str, body: Body, conditions: FlowConditions) -> PredictionKey:
    """The key of a question to the surrogate: equal for equal coefficients of bodies of a kind."""
    return folder, body.revolution, body.coefficients.numpy().tobytes(), conditions


def surrogate(folder: str, *, revolution: bool) -> SurrogateModel:
    """The surrogate in a folder; the one that ships for bodies of the kind for an empty name."""
    return _surrogates.get_or_make((folder, revolution), lambda: load_surrogate(folder or None, revolution=revolution))


def prediction(folder: str, body: Body, conditions: FlowConditions) -> FlowPrediction:
    """The surrogate's answer."""
    key = (*prediction_key(folder, body, conditions), body.fit_error)
    return _predictions.get_or_make(
        key, lambda: surrogate(folder, revolution=body.revolution).evaluate(body, conditions)
    )


def sensitivity(key: PredictionKey, predicted: FlowPrediction) -> Sensitivity:
    """The sensitivity of the drag to the outline, by the surrogate's gradient; `key` is that of `predicted`."""

    def make() -> Sensitivity:
        return sensitivity_of(predicted.body, predicted.gradient().coefficients, predicted.drag_coefficient)

    return _sensitivities.get_or_make(key, make)


def solved(body: Body, conditions: FlowConditions, grid: str) -> Solved:
    """The solver's answer at once, for flows that take it some hundredths of a second."""
    return _solved.get_or_make((prediction_key("", body, conditions), grid), lambda: _solve(body, conditions, grid))


def _solve(body: Body, conditions: FlowConditions, grid: str) -> Solved:
    solution = solve(body, conditions, grid=grid)
    try:
        gradient = solution.gradient().coefficients
    except InputError:
        return Solved(Answer.of(solution), None)
    return Solved(Answer.of(solution), sensitivity_of(body, gradient, solution.drag_coefficient))


def analysis(field: FlowField) -> FlowAnalysis:
    """Separation, stagnation, recirculation and pressures of `field`."""
    return _analyses.get_or_make(field, None, lambda: analyse(field))


def wall_curve(name: str, field: FlowField, colour: str, separation: Sequence[WallPoint] | None = None) -> WallCurve:
    """The wall of `field`, with the `separation` points that are known, else those of `analysis`."""
    return WallCurve(name, field, colour, analysis(field).separation if separation is None else separation)


def picture(field: FlowField, window: Window) -> Picture:
    """`field` on a raster, with its streamlines."""
    return _pictures.get_or_make(field, window, lambda: draw(field, window))


def sampled(field: FlowField, window: Window, columns: int, quantity: str) -> tuple[Raster, FloatArray]:
    """The raster of the body of `field` in `window`, and a quantity of `field` on it."""
    key = (field.revolution, field.coefficients.numpy().tobytes(), window, columns)
    grid = _rasters.get_or_make(key, lambda: raster(field, window, columns))
    return grid, _samples.get_or_make(field, (window, columns, quantity), lambda: sample(grid, field, quantity))


def lines(field: FlowField, window: Window) -> Streamlines:
    """The streamlines of `field` in `window`."""
    sides = (window.left, window.right, window.bottom, window.top)
    return _lines.get_or_make(field, window, lambda: streamlines(field, sides))
