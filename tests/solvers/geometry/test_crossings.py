"""Hair-fine crossings of outlines are repaired and told of; larger ones are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, fit_outline
from fusiform.solvers.geometry.formats import simple_outline as module
from fusiform.solvers.geometry.formats.crossings import without_crossings
from fusiform.solvers.geometry.formats.simple_outline import simple_outline
from fusiform.solvers.geometry.named_outlines import naca_outline
from fusiform.solvers.geometry.polygons import clean_outline, signed_area

CASES = Path(__file__).parent / "cases"
SECTION = naca_outline("2412", 80)
AREA = signed_area(SECTION)
TAIL, SIDE = SECTION[0], SECTION[20]
OUTWARD = np.array([0.0, 1.0])
HAIRS = {
    "surfaces cross at the tail": np.concatenate([SECTION, [SECTION[1] + 2e-4 * OUTWARD]]),
    "tail twice": np.concatenate([SECTION[1:2], SECTION]),
    "spike on a side": np.insert(SECTION, [21, 21], [SIDE + 5e-3 * OUTWARD, SIDE], axis=0),
    "step back": np.insert(SECTION, 21, SIDE + np.array([1e-6, 1e-9]), axis=0),
    "start given again": np.concatenate([SECTION, SECTION[:3]]),
    "tiny loop": np.insert(SECTION, [21] * 3, SIDE + 1e-3 * np.array([(-1, 1), (1, 1), (1, -0.5)]), axis=0),
}
LARGE = {
    "figure of eight": [(0, 0), (3, 3), (3, 0), (0, 3), (-1, 1.5)],
    "long spike": np.insert(SECTION, [21, 21], [SIDE + 0.3 * OUTWARD, SIDE], axis=0),
    "nose turned inside out": np.concatenate([SECTION[:30], SECTION[30:50][::-1], SECTION[50:]]),
}


@pytest.mark.parametrize("points", HAIRS.values(), ids=HAIRS)
@pytest.mark.parametrize(("scale", "shift"), [(1.0, 0.0), (1e-6, 0.0), (1e6, 1e9), (1.0, 1e3)])
def test_hair_fine_crossings_are_cut_off(points, scale, shift):
    outline = without_crossings(scale * points + shift).points
    assert signed_area(outline) == pytest.approx(scale**2 * AREA, rel=1e-3)
    assert shapely.Polygon(outline).is_valid
    assert len(outline) >= len(SECTION) - 3
    clean_outline(outline)


@pytest.mark.parametrize("points", LARGE.values(), ids=LARGE)
def test_large_crossings_are_refused(points):
    with pytest.raises(InputError, match=r"does not cross itself, got sides \d+ and \d+ that cross or touch"):
        simple_outline(points)


def test_a_body_tells_of_its_repair():
    """The tip of a doubled tail, 0.0015 long, is told of, a step back by 1e-6 is not."""
    told = Body.from_file(CASES / "f05_spike_at_the_tail.dat")
    assert told.source == "a part that crossed the outline, 0.0015 long and 0 % of the area, was cut off"
    assert told.area == pytest.approx(0.068018, rel=2e-3)
    assert Body.from_file(CASES / "h05_joint_step_back_1e-6.dat").source == ""
    body = Body.from_outline(HAIRS["tiny loop"], source="by hand")
    assert body.source.startswith("by hand; a part that crossed the outline, 0.0")
    assert body.area == pytest.approx(Body.from_outline(SECTION).area, rel=1e-3)


def test_points_alone_are_not_changed_without_a_word():
    with pytest.raises(InputError, match="cross or touch"):
        fit_outline(HAIRS["tiny loop"])


def test_simple_outlines_start_no_process(monkeypatch):
    monkeypatch.setattr(module, "read_isolated", None)
    assert simple_outline(SECTION[::-1]).points == pytest.approx(clean_outline(SECTION))
