"""How far a body is from its outline: kept with it, pointed out above 0.02 d, refused above 0.1 d unless allowed."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, displaced, load_body
from fusiform.solvers.geometry.named_outlines import naca_outline
from fusiform.solvers.inverse.problem.body_table import body_from, body_to_dict

BOX = np.array([(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)], dtype=float)
SPIKE = np.array([(0, 0), (1, 0), (1, 0.02), (0.51, 0.02), (0.5, 0.6), (0.49, 0.02), (0, 0.02)])


def test_a_body_keeps_the_outline_that_was_given() -> None:
    body = Body.from_outline(BOX[::-1])
    given = body.given_outline
    assert given is not None
    assert sorted(map(tuple, given)) == sorted(map(tuple, BOX))
    given[:] = 0.0
    for other in (body, copy.deepcopy(body), pickle.loads(pickle.dumps(body)), body.with_modes(4), replace(body)):
        assert np.array_equal(other.given_outline, Body.from_outline(BOX[::-1]).given_outline)


def test_exact_and_changed_bodies_have_no_given_outline() -> None:
    assert Body.ellipse(2.0).given_outline is None
    moved = displaced(Body.from_outline(BOX), np.full(32, 0.01))
    assert (moved.given_outline, moved.fit_error) == (None, 0.0)


def test_of_many_points_at_most_400_are_kept_corners_among_them() -> None:
    corners = np.array([(0, 0), (5, 0), (5, 1), (0, 1)], dtype=float)
    sides = [
        a + (b - a) * t
        for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)
        for t in np.arange(300)[:, None] / 300
    ]
    given = Body.from_outline(np.array(sides)).given_outline
    assert given is not None
    assert 150 < len(given) <= 400
    assert {tuple(corner) for corner in corners} <= {tuple(point) for point in given}
    assert len(Body.from_outline(naca_outline("2412", 3000)).given_outline) > 300  # type: ignore[arg-type]


def test_the_given_outline_is_kept_in_problem_files() -> None:
    body = Body.from_outline(BOX)
    again = body_from(body_to_dict(body), Path())
    assert np.array_equal(again.given_outline, body.given_outline)
    assert again.fit_error == body.fit_error


def test_a_fit_worse_than_a_tenth_is_refused_unless_allowed(tmp_path: Path) -> None:
    sentence = (
        r"expected a body within 0.1 d .* with 16 modes .* up to \d\.\d+ d; give more modes, or allow a larger max"
    )
    with pytest.raises(InputError, match=sentence):
        Body.from_outline(SPIKE)
    file = tmp_path / "spike.csv"
    file.write_text("\n".join(f"{x},{y}" for x, y in SPIKE))
    for load in (Body.from_file, load_body):
        with pytest.raises(InputError, match=sentence):
            load(file if load is Body.from_file else str(file))
    bodies = [Body.from_outline(SPIKE, max_fit_error=None), Body.from_file(file, max_fit_error=2.0)]
    bodies.append(load_body(str(file), max_fit_error=None))
    assert [body.fit_error for body in bodies] == [bodies[0].fit_error] * 3
    assert bodies[0].fit_error > 0.1


def test_a_fit_worse_than_a_fiftieth_says_so() -> None:
    assert "differs from the given outline by up to 3.0% of d" in Body([0.1], fit_error=0.03).fit_warning
    assert Body([0.1], fit_error=0.02).fit_warning == ""
