"""The numbers of the drawing are those of the Python interface, and what is pulled goes where it was pulled."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest

from fusiform.app.drawings import curves, drawing, raster, sensitivity
from fusiform.app.drawings.colours import colour_limits, colour_table
from fusiform.app.drawings.figures import view_3d as space
from fusiform.app.drawings.figures.flow_figure import flow_figure
from fusiform.app.drawings.figures.style import INK
from fusiform.app.drawings.figures.wall_figure import wall_figure
from fusiform.app.drawings.off_screen import can_render
from fusiform.app.drawings.pictures import Picture, closed_outline, draw, window_around
from fusiform.app.drawings.quantities import QUANTITIES
from fusiform.app.drawings.wall_curves import WallCurve, wall_values
from fusiform.app.state.control_points import CONTROL_POINTS, PULL_WIDTH, outline_of, pull_along_normal
from fusiform.app.state.window import Window
from fusiform.solvers import FlowConditions, Solution, load_body, solve
from fusiform.solvers.geometry.displacement.normal_displacement import pulled
from fusiform.surrogates import Prediction, load_surrogate

CONDITIONS = FlowConditions(20.0, 8.0)


@pytest.fixture(scope="module", params=["circle", "kidney", "teardrop", "naca2412", "ellipse:0.4"])
def prediction(request: pytest.FixtureRequest) -> Prediction:
    return load_surrogate().evaluate(load_body(request.param), CONDITIONS)


@pytest.fixture(scope="module")
def home(prediction: Prediction) -> Window:
    return window_around([outline_of(prediction.body, CONDITIONS.alpha_deg)], 2.7)


@pytest.fixture(scope="module")
def layer(prediction: Prediction, home: Window) -> raster.Layer:
    field = prediction.network_field
    grid = raster.raster(field, home, 80)
    values = grid.filled(raster.sample(grid, field, "speed"))
    return raster.Layer(grid, values, QUANTITIES["speed"], *colour_limits(values, signed=False))


def test_the_raster_holds_the_values_of_the_field(prediction: Prediction, home: Window) -> None:
    field = prediction.network_field
    grid = raster.raster(field, home, 60)
    exact = field.at(grid.x[None, :] + 1j * grid.y[:, None])
    np.testing.assert_array_equal(grid.inside, np.isnan(exact.u))
    for name, values in (
        ("speed", np.hypot(exact.u, exact.v)),
        ("pressure", 2.0 * exact.pressure),
        ("vorticity", exact.vorticity),
        ("streamfunction", exact.streamfunction),
    ):
        np.testing.assert_allclose(raster.sample(grid, field, name), values, rtol=0.0, atol=1e-9)


def test_the_drawing_carries_the_values_to_half_a_step_of_sixteen_bits(layer: raster.Layer, home: Window) -> None:
    data = drawing.payload(version=3, home=home, outline=np.ones(192) + 0j, layer=layer, badge="b")
    raw = np.frombuffer(base64.b64decode(data["raster"]["data"]), dtype="<u2").reshape(layer.values.shape)
    low, high = data["raster"]["low"], data["raster"]["high"]
    step = (high - low) / 65534.0
    np.testing.assert_allclose(low + raw * step, layer.values, rtol=0.0, atol=0.501 * step)
    assert (data["raster"]["nx"], data["version"], data["sensitivity"]) == (80, 3, None)


def test_nothing_is_drawn_as_nothing(home: Window) -> None:
    data = drawing.payload(version=0, home=home, outline=np.ones(192) + 0j, layer=None, badge="")
    assert data["raster"] is None
    assert data["lines"] == ""


def test_quick_streamlines_keep_their_stream_function(prediction: Prediction, layer: raster.Layer) -> None:
    field = prediction.network_field
    lines = raster.stream_lines(layer.grid, raster.sample(layer.grid, field, "streamfunction"))
    assert len(lines) >= 8
    spread = [np.nanstd(field.at(line).streamfunction) for line in lines]
    assert np.median(spread) < 2e-3
    assert max(spread) < 0.03  # short pieces where the flow leaves a sharp corner


def test_the_effect_of_a_point_is_that_of_pulling_it(prediction: Prediction) -> None:
    """First order in the pull: a tenth of the drawn 0.01 d, both ways."""
    surrogate = load_surrogate()
    effects = sensitivity.sensitivity_of(
        prediction.body, prediction.gradient().coefficients, prediction.drag_coefficient
    ).effects
    for index in (0, 3, 8, 13):
        eta, step = 2.0 * math.pi * index / CONTROL_POINTS, 1e-4
        ends = [
            surrogate.evaluate(pulled(prediction.body, eta, way, PULL_WIDTH), CONDITIONS).drag_coefficient
            for way in (-step, step)
        ]
        slope = (ends[1] - ends[0]) / (2.0 * step) / prediction.drag_coefficient
        assert effects[index] == pytest.approx(100.0 * sensitivity.PROBE * slope, abs=0.02)


def test_a_pull_counts_along_the_normal_at_incidence(prediction: Prediction) -> None:
    """Moving a point by its own small displacement brings it there."""
    body, alpha = prediction.body, CONDITIONS.alpha_deg
    before = outline_of(body, alpha)
    for index in (0, 5, 8, 12):
        at = index * 12
        tangent = before[(at + 1) % 192] - before[at - 1]
        normal = tangent / 1j / abs(tangent)
        assert pull_along_normal(body, alpha, index, 0.03 * normal) == pytest.approx(0.03)
        assert pull_along_normal(body, alpha, index, 0.03j * normal) == pytest.approx(0.0, abs=1e-12)


def test_wall_curves_pass_through_the_walls_values(prediction: Prediction) -> None:
    field = prediction.network_field
    data = curves.payload([WallCurve("surrogate", field, "surrogate", ())], "wall_shear_coefficient")
    drawn = np.array([*data["curves"][0]["upper"], *data["curves"][0]["lower"][1:]])
    eta = np.linspace(0.0, 2.0 * np.pi, len(drawn))
    reach = np.ptp(field.wall_shear_coefficient)
    np.testing.assert_allclose(np.interp(field.eta, eta, drawn[:, 0]), field.wall.real, atol=0.01)
    off = np.interp(field.eta, eta, drawn[:, 1]) - field.wall_shear_coefficient
    assert np.median(np.abs(off)) < 2e-3 * reach


def test_the_figure_in_space_is_closed_and_in_the_colours_of_the_drawing(
    prediction: Prediction, layer: raster.Layer
) -> None:
    outline = outline_of(prediction.body, CONDITIONS.alpha_deg)
    plane, body = space.figure(outline, layer).data
    assert (plane.cmin, plane.cmax) == (layer.low, layer.high)
    triangles = np.stack([body.i, body.j, body.k], axis=1)
    sides = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    _, counts = np.unique(sides, axis=0, return_counts=True)
    assert np.all(counts == 2)


def test_where_rendering_works_the_picture_in_space_shows_something(
    prediction: Prediction, layer: raster.Layer
) -> None:
    if not can_render():
        pytest.skip("pyvista cannot render here")
    png = space.rendered(outline_of(prediction.body, CONDITIONS.alpha_deg), layer, 30.0)
    assert png.startswith(b"\x89PNG")
    assert len(png) > 20_000


@pytest.fixture(scope="module")
def circle_40() -> Solution:
    """Two closed eddies, 2.24 d long."""
    return solve(load_body("circle"), FlowConditions(40.0), grid="coarse")


@pytest.fixture(scope="module")
def wake(circle_40: Solution) -> Picture:
    return draw(circle_40.field, window_around([closed_outline(circle_40.field)], 2.5))


def test_a_picture_holds_the_flow_and_no_gaps(wake: Picture) -> None:
    assert wake.speed.shape == (len(wake.y), len(wake.x))
    for values in (wake.speed, wake.pressure, wake.vorticity):
        assert np.isfinite(values).all()
    np.testing.assert_allclose(wake.speed, wake.speed[::-1], atol=1e-5)
    assert abs(wake.speed[len(wake.y) // 2, 0] - 1.0) < 0.2
    assert wake.window.left < wake.outline.real.min() < wake.outline.real.max() < wake.window.right
    assert np.all(np.diff(wake.y) > 0.0)
    assert wake.y[0] <= wake.window.bottom < wake.window.top <= wake.y[-1]


def test_streamlines_fill_the_whole_raster_and_can_be_left_out(wake: Picture) -> None:
    ends = np.array([line[[0, -1]] for line in wake.streamlines.stream])
    np.testing.assert_allclose(ends.imag.max(), wake.y[-1], atol=0.2)
    assert len(wake.streamlines.eddies) == 6
    without, with_lines = (
        len(flow_figure([("one", wake)], "speed", streamlines=drawn).data) for drawn in (False, True)
    )
    assert with_lines == without + 2


def test_separation_is_marked_where_the_wall_shear_vanishes(circle_40: Solution) -> None:
    curve = WallCurve("circle", circle_40.field, INK, circle_40.analysis.separation)
    marks = wall_figure([curve], "wall_shear_coefficient").data[-1]
    np.testing.assert_allclose(marks.x, 0.5 * np.cos(np.radians(53.6)), atol=5e-3)
    np.testing.assert_allclose(marks.y, 0.0, atol=2e-3)


def test_signed_fields_have_a_colour_scale_centred_on_zero(wake: Picture) -> None:
    for quantity, shown in QUANTITIES.items():
        figure = flow_figure([("one", wake), ("two", wake)], quantity, streamlines=True, ghost=wake.outline)
        axis = figure.layout.coloraxis
        assert axis.cmin == (-axis.cmax if shown.signed else 0.0)
        assert axis.cmax > 0.0


def test_wall_curves_pass_through_the_nodes() -> None:
    field = solve(load_body("ellipse:2"), FlowConditions(10.0), grid="coarse").field
    eta, outline, values = wall_values(field, "wall_pressure_coefficient")
    np.testing.assert_allclose(np.interp(field.eta, eta, values), field.wall_pressure_coefficient, atol=5e-3)
    np.testing.assert_allclose(np.interp(field.eta, eta, outline.real), field.wall.real, atol=1e-3)


def lightness(table: np.ndarray) -> np.ndarray:
    """CIE L* of sRGB colours (n, 3)."""
    linear = np.where(table / 255 <= 0.04045, table / 255 / 12.92, ((table / 255 + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return 116.0 * np.cbrt(y) - 16.0


def test_colours_differ_in_lightness_alone() -> None:
    """The order of the colours survives colour-blindness and grey prints."""
    assert np.all(np.diff(lightness(colour_table("viridis")[::8])) > 0.0)
    both_ways = lightness(colour_table("balance")[::8])
    assert np.all(np.diff(both_ways[:16]) > 0.0)
    assert np.all(np.diff(both_ways[16:]) < 0.0)
