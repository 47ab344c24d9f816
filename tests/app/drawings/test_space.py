"""A body of revolution in space: rings, plane and picture agree with the body, its flow and each other."""

from __future__ import annotations

import io
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fusiform.app.drawings.off_screen import can_render
from fusiform.app.drawings.space.component import payload, space_drawing
from fusiform.app.drawings.space.painter import painted
from fusiform.app.drawings.space.plane import plane
from fusiform.app.drawings.space.revolved import revolved
from fusiform.app.drawings.space.standalone import standalone
from fusiform.app.drawings.space.view import AZIMUTH, ELEVATION, fitted, rotation
from fusiform.app.drawings.space.vtk_renderer import rendered
from fusiform.solvers import FlowConditions, Solution, load_body, solve

SIZE = (300, 160)
BODIES = ["sphere", "spheroid:0.5", "raindrop", "myring"]


@pytest.fixture(scope="module")
def raindrop() -> Solution:
    """At Re 60, with a ring at which the flow leaves the wall."""
    return solve(load_body("raindrop"), FlowConditions(60.0), grid="coarse")


def on_white(picture: Image.Image) -> np.ndarray:
    """Colours (height, width, 3)."""
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture.convert("RGBA"))
    return np.asarray(ground).astype(float)[..., :3]


@pytest.mark.parametrize("name", BODIES)
def test_the_rings_are_those_of_the_body(name: str) -> None:
    body = load_body(name)
    shown, d = revolved(body), body.reference_length
    assert np.all(np.diff(shown.x) > 0.0) or name == "raindrop", "from the nose to the rear"
    assert (shown.r[0], shown.r[-1]) == (0.0, 0.0)
    r, s = shown.r[:-1], shown.r[1:]
    cones = math.pi / 3.0 * np.diff(shown.x) @ (r**2 + r * s + s**2)
    assert cones == pytest.approx(math.pi / 6.0, rel=2e-3)
    assert 2.0 * shown.r.max() == pytest.approx(body.diameter / d, rel=1e-3)
    assert np.ptp(shown.x) == pytest.approx(body.length / d, rel=1e-3)


def test_the_surface_shows_the_wall_and_the_place_where_the_flow_leaves_it(raindrop: Solution) -> None:
    analysis = raindrop.analysis
    pressure = revolved(raindrop.body, raindrop.field, "speed", separation=analysis.separation)
    assert pressure.wall is not None
    assert pressure.wall.values[0] == pytest.approx(analysis.front.pressure_coefficient, abs=1e-6)
    (ring,) = pressure.separation
    (above,) = (p for p in analysis.separation if p.position.imag > 0.01)
    assert complex(*ring) == above.position
    shear = revolved(raindrop.body, raindrop.field, "vorticity").wall
    assert shear is not None
    before = shear.values[pressure.x < ring[0] - 0.02]
    behind = shear.values[pressure.x > ring[0] + 0.02]
    assert before[1:].min() > 0.0 > behind[:-1].min(), "downstream before the ring, upstream behind it"


def test_the_plane_has_the_stream_from_the_left_and_equal_halves(raindrop: Solution) -> None:
    speed, vorticity = (plane(raindrop.field, name) for name in ("speed", "vorticity"))
    middle = len(speed.grid.y) // 2
    assert speed.values[middle, 0] > 0.8 > 0.6 > speed.values[middle, -1], "the wake is on the right"
    np.testing.assert_allclose(speed.values, speed.values[::-1], atol=1e-6)
    outside = ~vorticity.grid.inside
    mirrored = np.where(outside, vorticity.values + vorticity.values[::-1], 0.0)
    np.testing.assert_allclose(mirrored, 0.0, atol=1e-6 * np.abs(vorticity.values).max())


def test_wall_and_plane_share_the_colours_of_the_pressure(raindrop: Solution) -> None:
    data = space_drawing(raindrop.body, raindrop.field, "pressure")
    assert (data["wall"]["low"], data["wall"]["high"]) == (data["colours"]["low"], data["colours"]["high"])
    assert data["wall"]["shared"]
    assert data["colours"]["label"] == "pressure Cₚ of plane and wall"
    assert not space_drawing(raindrop.body, raindrop.field, "speed")["wall"]["shared"]


def test_the_drawing_says_its_numbers_in_words(raindrop: Solution) -> None:
    layer = plane(raindrop.field, "speed")
    shown = revolved(raindrop.body, raindrop.field, "speed", layer, raindrop.analysis.separation)
    words = payload(shown, layer)["words"]
    for number in (np.ptp(shown.x), 2.0 * shown.r.max(), shown.separation[0][0], layer.values.max()):
        assert f"{number:.3g}".replace("-", "−") in words


def test_a_page_takes_any_name(raindrop: Solution) -> None:
    text = standalone(space_drawing(raindrop.body), "</script><b>&")
    assert text.count("</script>") == 1
    assert "&lt;/script&gt;&lt;b&gt;&amp;" in text


def test_turning_to_the_right_brings_the_nose_forwards() -> None:
    matrix = rotation(AZIMUTH, ELEVATION)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-15)
    nose = matrix @ [-1.0, 0.0, 0.0]
    assert nose[0] < 0.0 < nose[2]
    assert (matrix @ [0.0, 1.0, 0.0])[2] > 0.0, "seen from above"


def test_the_sphere_is_a_disc_from_everywhere() -> None:
    shown = revolved(load_body("sphere"))
    for azimuth, elevation in ((0.5, 0.3), (2.2, -0.9), (math.pi / 2.0, 0.0)):
        view = fitted(shown, None, SIZE, azimuth, elevation)
        alpha = np.asarray(painted(shown, None, view, cut=False))[..., 3] / 255.0
        assert alpha.sum() == pytest.approx(math.pi * (0.5 * view.scale) ** 2, rel=0.02)


@pytest.mark.parametrize("cut", [False, True])
def test_where_rendering_works_pyvista_draws_the_same_picture(raindrop: Solution, *, cut: bool) -> None:
    if not can_render():
        pytest.skip("pyvista cannot render here")
    layer = plane(raindrop.field, "pressure")
    shown = revolved(raindrop.body, raindrop.field, "pressure", layer)
    for azimuth in (0.5, 2.5):
        bare, full = (fitted(shown, shape, SIZE, azimuth, ELEVATION) for shape in (None, layer))
        silhouettes = [np.asarray(draw(shown, None, bare, cut=False))[..., 3] > 127 for draw in (painted, rendered)]
        assert np.mean(silhouettes[0] != silhouettes[1]) < 0.01
        ours, theirs = (on_white(draw(shown, layer, full, cut=cut)) for draw in (painted, rendered))
        assert np.median(np.abs(ours - theirs)) <= 1.0, "the plane"
        assert np.mean(np.abs(ours - theirs)) < 6.0


def test_without_vtk_a_picture_is_painted(tmp_path: Path) -> None:
    """As where neither EGL nor OSMesa is: the process that loads pyvista ends."""
    (tmp_path / "pyvista.py").write_text("import os\nos.abort()\n")
    where = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [
        sys.executable,
        "-m",
        "fusiform.app",
        "solve",
        "sphere",
        "--reynolds",
        "20",
        "--grid",
        "coarse",
        "--picture",
    ]
    done = subprocess.run(
        [*command, "ball.png"], cwd=tmp_path, env=os.environ | {"PYTHONPATH": where}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    picture = np.asarray(Image.open(io.BytesIO((tmp_path / "ball.png").read_bytes())))
    assert picture[..., 3].mean() > 60.0
    assert picture[..., :3].std() > 30.0
