"""The designs of the page: sliders that go there and back, undo, addresses."""

from __future__ import annotations

import base64
import itertools
from functools import cache

import numpy as np
import pytest
import torch

from fusiform.app.state.design import Design, History
from fusiform.app.state.design_link import from_link, to_link
from fusiform.app.state.drawable_bodies import require_drawable, slenderness
from fusiform.app.state.shape_sliders import SLIDERS, slider_values, with_slider
from fusiform.solvers import Body, FlowConditions, InputError, load_body
from fusiform.solvers.geometry import sample_names

BODIES = ["circle", "ellipse:3", "ellipse:0.4", *sample_names()]
MOVES = {"fineness": 1.15, "nose": 0.1, "tail": 0.1, "camber": 0.01}
CONDITIONS = FlowConditions(10.0)
opened = cache(load_body)  # each is fitted to its outline once


@pytest.mark.parametrize(("spec", "name"), list(itertools.product(BODIES, SLIDERS)))
def test_a_slider_gets_where_it_is_moved_and_back_restores_the_body(spec: str, name: str) -> None:
    body = opened(spec)
    value = slider_values(body)[name]
    target = value * MOVES[name] if name == "fineness" else value + MOVES[name]
    moved = with_slider(body, name, target)
    assert slider_values(moved)[name] == pytest.approx(target, abs=1e-6)
    back = with_slider(moved, name, value)
    torch.testing.assert_close(back.coefficients, body.coefficients, rtol=0.0, atol=1e-7)


@pytest.mark.parametrize("spec", BODIES)
def test_the_ends_keep_their_bluntness_while_another_slider_moves(spec: str) -> None:
    body = opened(spec)
    before = slider_values(body)
    for name, kept in (("fineness", "nose"), ("fineness", "tail"), ("nose", "tail"), ("tail", "nose")):
        after = slider_values(with_slider(body, name, before[name] + 0.05))
        assert after[kept] == pytest.approx(before[kept], abs=1e-9)


def test_an_ellipse_has_the_bluntness_one_and_the_fineness_of_its_name() -> None:
    values = slider_values(load_body("ellipse:3"))
    assert values == {
        "fineness": pytest.approx(3.0, rel=1e-6),
        "nose": pytest.approx(1.0),
        "tail": pytest.approx(1.0),
        "camber": pytest.approx(0.0),
    }


@pytest.mark.parametrize(("name", "value"), [("tail", -3.0), ("nose", 9.0), ("camber", 2.0)])
def test_a_slider_stops_where_the_body_would_cease_to_be_one(name: str, value: float) -> None:
    body = load_body("teardrop")
    moved = with_slider(body, name, value)
    before, after = slider_values(body)[name], slider_values(moved)[name]
    assert min(before, value) - 1e-9 <= after <= max(before, value) + 1e-9
    assert after != pytest.approx(value)


def test_undo_and_redo_walk_through_the_history_and_a_new_step_forgets_what_was_undone() -> None:
    first, second, third = (Design.of(load_body(f"ellipse:{f}"), CONDITIONS) for f in (1, 2, 3))
    history = History((first,)).then(second)
    assert history.undone().present == first
    assert history.undone().redone().present == second
    assert history.undone().undone().present == first
    branch = history.undone().then(third)
    assert (branch.present, branch.can_redo, branch.can_undo) == (third, False, True)
    assert branch.then(third) is branch


def test_a_long_history_keeps_its_last_steps() -> None:
    history = History((Design.of(load_body("circle"), CONDITIONS),))
    for reynolds in range(1, 151):
        history = history.then(Design.of(load_body("circle"), FlowConditions(reynolds / 2)))
    assert len(history.steps) == 100
    assert history.present.reynolds == 75.0


@pytest.mark.parametrize("spec", BODIES)
def test_an_address_opens_the_same_design(spec: str) -> None:
    design = Design.of(opened(spec), FlowConditions(33.0, -4.5))
    again = from_link(to_link(design))
    assert (again.conditions, again.name) == (design.conditions, design.name)
    assert len(again.coefficients) == len(design.coefficients)
    np.testing.assert_allclose(again.coefficients, design.coefficients, atol=1e-7)
    assert sum(len(key) + len(value) for key, value in to_link(design).items()) < 400


def test_designs_and_addresses_keep_the_kind() -> None:
    body = load_body("spheroid:3")
    design = Design.of(body, CONDITIONS)
    assert design.body.revolution
    assert design.body.volume == body.volume
    again = from_link(to_link(design))
    assert again.revolution
    assert again.body.fineness == pytest.approx(3.0, rel=1e-6)
    assert "revolution" not in to_link(Design.of(load_body("ellipse:3"), CONDITIONS))
    with pytest.raises(InputError, match="real coefficients"):
        from_link(to_link(Design.of(load_body("naca2412"), CONDITIONS)) | {"revolution": "1"})


@pytest.mark.parametrize(
    "damage",
    [
        {"body": "!!"},
        {"body": "AAAA"},
        {"re": "many"},
        {"re": "1e9"},
        {"modes": "0"},
        {"modes": "9999"},
        {"d": "nan"},
        {"d": "-1"},
        {"body": "AACAfwAAAAA"},
        {"body": "AAAAQAAAAAA"},
        {"body": "é" * 8},
        {"body": "A" * 1_000_000},
        {"modes": "9" * 5000},
        {"modes": "1e3"},
        {"re": "1" * 1_000_000},
        {"re": "nan"},
        {"re": "-10"},
        {"re": "10, 20"},
        {"alpha": "inf"},
        {"alpha": "91"},
        {"alpha": ""},
        {"d": "1e-7"},
        {"d": "1e99"},
        {"name": "n" * 1_000_000},
        {"body": base64.urlsafe_b64encode(np.complex64([0.9999]).tobytes()).decode()},
    ],
)
def test_a_damaged_address_is_refused(damage: dict[str, str]) -> None:
    good = to_link(Design.of(load_body("ellipse:2"), CONDITIONS))
    with pytest.raises(InputError, match="expected") as refused:
        from_link(good | damage)
    assert len(str(refused.value)) < 300


def test_the_name_in_an_address_brings_no_markup() -> None:
    design = Design.of(Body.circle(), CONDITIONS)
    assert from_link(to_link(design) | {"name": "![x](http://h/i.png) <b>"}).name == "xhttp:hi.png b"


@pytest.mark.parametrize("turn", [1.0, 1j, np.exp(0.3j)])
@pytest.mark.parametrize(
    ("fineness", "taken"), [(20.0, True), (110.0, True), (130.0, False), (1e3, False), (1e6, False)]
)
def test_a_body_far_more_slender_than_any_section_is_refused(turn: complex, fineness: float, taken: bool) -> None:
    body = Body([turn**2 * (fineness - 1.0) / (fineness + 1.0)])
    assert slenderness(body) == pytest.approx(fineness, rel=1e-3)
    if taken:
        assert Design.of(body, CONDITIONS).body.fineness > 0.0
    else:
        with pytest.raises(InputError, match="120 times as long as thick"):
            Design.of(body, CONDITIONS)
        with pytest.raises(InputError, match="120 times as long as thick"):
            Design.of(Body.circle(), CONDITIONS).reshaped(body)


@pytest.mark.parametrize("name", ["naca0001", *sample_names()])
def test_each_named_body_is_taken(name: str) -> None:
    require_drawable(opened(name))


@pytest.mark.parametrize(
    "body", [Body([0.1], 1e-7), Body([0.1], 1e10), Body([0.1], origin=1e10 + 0j), Body([0.1], 1e-3, origin=1e7j)]
)
def test_a_body_of_an_extreme_size_or_place_is_refused(body: Body) -> None:
    with pytest.raises(InputError, match=r"expected a body (whose d|within)"):
        Design.of(body, CONDITIONS)
