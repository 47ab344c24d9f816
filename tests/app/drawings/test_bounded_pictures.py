"""Pictures have a bounded number of lines, points and bytes, whatever a network predicts."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from fusiform.app.drawings import raster
from fusiform.app.drawings.convergence import MOST_DRAWN, convergence
from fusiform.app.drawings.figures.flow_figure import flow_figure
from fusiform.app.drawings.flow_drawing import flow_drawing
from fusiform.app.drawings.pictures import draw
from fusiform.app.edits.design import new_session
from fusiform.app.frames.design.frame import Frame, frame
from fusiform.app.frames.design.known import Known, known
from fusiform.app.frames.design.shown_flow import NOTHING_FINITE
from fusiform.app.frames.shared import cached
from fusiform.app.state.session import Session
from fusiform.app.state.window import Window
from fusiform.solvers import FlowConditions, InputError, load_body
from fusiform.solvers.flow import FlowField, State, streamlines
from fusiform.solvers.flow.fields.streamline_tracing import MOST_LEVELS, MOST_POINTS
from fusiform.solvers.inverse import Iterate, Phase
from fusiform.surrogates import Surrogate, load_surrogate

WINDOW = Window(-3.0, 6.0, -2.0, 2.0)
SIDES = (WINDOW.left, WINDOW.right, WINDOW.bottom, WINDOW.top)
LARGEST_PAYLOAD = 1_000_000


def wild_field(size: float) -> FlowField:
    """A flow whose disturbance and vorticity are noise of this size on the elements of the shipped model."""
    surrogate = load_surrogate()
    coefficients = load_body("kidney").with_modes(surrogate.modes).coefficients[None]
    problem, state = surrogate.state(coefficients, torch.tensor([20.0], dtype=torch.float64))
    noise = torch.randn(state.phi.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    return FlowField(problem, State(size * noise, size * noise, state.scalars), coefficients)


def test_pictures_of_noise_are_bounded() -> None:
    picture = draw(wild_field(1e6), Window(-2.0, 2.0, -1.0, 1.0))
    assert sum(line.size for line in picture.streamlines.all) <= 1.2 * MOST_POINTS
    assert all(np.isfinite(line).all() for line in picture.streamlines.all)
    assert len(flow_drawing(picture, float(picture.speed.max()))) < 2 * LARGEST_PAYLOAD
    assert len(flow_figure([("a", picture)], "vorticity", streamlines=True).to_json()) < 5 * LARGEST_PAYLOAD


@pytest.mark.parametrize("size", [1.0, 1e3, 1e8])
def test_quick_lines_of_noise_are_bounded(size: float) -> None:
    field = wild_field(size)
    grid = raster.raster(field, WINDOW, 240)
    lines = raster.stream_lines(grid, raster.sample(grid, field, "streamfunction"))
    assert len(lines) > 0
    assert sum(line.size for line in lines) <= raster.MOST_POINTS


def test_the_spacing_follows_the_range_of_a_smooth_flow() -> None:
    field = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0)).network_field
    grid = raster.raster(field, WINDOW, 120)
    psi = raster.sample(grid, field, "streamfunction")
    usual, fast = raster.stream_lines(grid, psi), raster.stream_lines(grid, 1e6 * psi)
    assert len(usual) < len(fast) <= 3 * raster.MOST_LINES
    assert len(streamlines(field, (-3.0, 40.0, -40.0, 40.0)).stream) <= 2 * MOST_LEVELS


def test_a_flow_that_is_not_finite_has_no_streamlines() -> None:
    field = wild_field(1.0)
    field.psi = np.where(field.psi > 0.0, np.nan, field.psi)
    with pytest.raises(InputError, match="finite numbers"):
        streamlines(field, SIDES)


def test_a_narrow_part_of_the_window_has_no_more_rows_than_columns() -> None:
    field = load_surrogate().evaluate(load_body("circle"), FlowConditions(10.0)).network_field
    grid = raster.raster(field, WINDOW.part((0.0, 0.0, 0.002, 1.0)), 160)
    assert grid.zeta.shape == (160, 160)


@pytest.fixture
def session() -> Session:
    return new_session({})


def predicted_by(surrogate: Surrogate, session: Session) -> Known:
    now = session.design.present
    answer = surrogate.evaluate(now.body, now.conditions)
    return Known(answer, answer, cached.prediction_key("a wild model", now.body, now.conditions))


def scaled(factor: float) -> Surrogate:
    """The shipped model with the weights of all layers multiplied by `factor`."""
    surrogate = load_surrogate()
    network = surrogate.network
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(factor)
    return replace(surrogate, network=network)


def everything(shown: Frame) -> str:
    """All that the section shows, as JSON without NaN."""
    metrics = [dataclasses.asdict(metric) for metric in shown.numbers]
    return json.dumps([metrics, shown.drawing, shown.walls, shown.remark], allow_nan=False)


def no_word(shown: Frame) -> bool:
    """True if no text that is shown has a number that is none."""
    metrics = [text for metric in shown.numbers for text in (metric.value, metric.note or "")]
    words = " ".join([*metrics, shown.remark, shown.drawing["lines"], shown.drawing["heavy"]])
    return re.search(r"\b(nan|inf|None)\b", words) is None


@pytest.mark.parametrize("factor", [3.0, 30.0, 1e4, -7.0])
def test_the_section_of_a_wild_model_is_bounded_and_finite(session: Session, factor: float) -> None:
    shown = frame(session.design, session.settings, predicted_by(scaled(factor), session))
    assert len(everything(shown)) < LARGEST_PAYLOAD
    assert no_word(shown)


def test_a_model_whose_answer_is_not_finite_is_one_sentence(session: Session) -> None:
    cached._surrogates.put(("a broken model", False), scaled(math.nan))
    told = known(replace(session, settings=replace(session.settings, model_folder="a broken model")))
    assert told.predicted is None
    assert told.trouble is not None
    assert told.trouble.startswith("Expected forces from the model")
    shown = frame(session.design, session.settings, predicted_by(scaled(math.nan), session))
    assert shown.badge == NOTHING_FINITE
    assert len(everything(shown)) < LARGEST_PAYLOAD
    assert no_word(shown)


def test_a_search_of_very_many_evaluations_is_drawn_with_some_of_them() -> None:
    drags = [math.nan, math.inf, *(1.0 + 1.0 / n for n in range(1, 10_000))]
    history = [Iterate(n + 1, drag, drag, torch.zeros(1), Phase.SEARCHING, drag) for n, drag in enumerate(drags)]
    svg = convergence(history)
    assert 100 < svg.count("<circle") <= MOST_DRAWN
    assert "nan" not in svg
    assert "evaluation 10001" in svg
    assert convergence(history[:2]) == ""
