"""Bodies of revolution in files: what was written is read back as the same body, in any position of a mesh."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvista
import shapely
import torch
import trimesh

from fusiform.solvers import Body, InputError, export_body, load_body
from fusiform.solvers.export import REVOLUTION_SUFFIXES
from fusiform.solvers.geometry.formats import revolved_solid
from fusiform.solvers.geometry.formats.isolated_reader import read_here
from fusiform.solvers.geometry.formats.revolved_solid import (
    RINGS,
    _with_few_rings,
    enclosed_volume,
    revolved_surface,
)
from fusiform.solvers.geometry.formats.sandbox import REVOLUTION

EGG = Body([0.3, 0.08, 0.02, -0.01], 2.0, "egg", origin=0.7, revolution=True)
SPHERE = trimesh.creation.icosphere(subdivisions=4)


def moved(mesh: trimesh.Trimesh, seed: int = 0) -> trimesh.Trimesh:
    """The mesh turned and moved at random, by about its size."""
    random = np.random.default_rng(seed)
    place = trimesh.transformations.random_rotation_matrix(random.random(3))
    place[:3, 3] = random.normal(size=3) * mesh.extents.max()
    return mesh.copy().apply_transform(place)


def read_back(content: bytes, suffix: str) -> tuple[Body, str]:
    found = read_here(content, suffix, REVOLUTION)
    return Body.from_section(found.points), found.source


def map_error(body: Body, exact: Body) -> float:
    """Greatest difference of the coefficients, of the body from either side, padded to 16."""
    a = torch.nn.functional.pad(exact.coefficients, (0, 16 - exact.modes))
    turned = a * (-1.0) ** torch.arange(2, 18)
    return min(float((body.coefficients - one).abs().max()) for one in (a, turned))


def test_a_sphere_as_stl_moved_and_turned_is_read_as_the_sphere(tmp_path: Path) -> None:
    """Through the child process."""
    path = tmp_path / "ball.stl"
    export_body(Body.sphere(2.0), path)
    mesh = trimesh.load_mesh(path)
    assert mesh.is_watertight
    assert mesh.volume == pytest.approx(4.0 / 3.0 * math.pi, rel=1e-6)
    assert path.stat().st_size < 3e6
    moved(mesh).export(path)
    body = Body.from_file(path, revolution=True)
    assert body.revolution
    assert body.coefficients.abs().max() < 1e-4
    assert body.reference_length == pytest.approx(2.0, rel=2e-4)
    assert body.source.startswith("the meridian about the axis (")
    assert "all vertices lie within" in body.source


@pytest.mark.parametrize(("spec", "suffix"), [("egg", ".obj"), ("spheroid:0.3", ".stl"), ("teardrop:3", ".stl")])
def test_solids_are_watertight_and_read_back(tmp_path: Path, spec: str, suffix: str) -> None:
    exact = EGG if spec == "egg" else load_body(spec)
    path = tmp_path / f"body{suffix}"
    export_body(exact, path)
    mesh = trimesh.load_mesh(path)
    assert mesh.is_watertight
    assert mesh.volume == pytest.approx(exact.volume, rel=1e-6)
    assert mesh.bounds[:, 0] == pytest.approx(exact.meridian()[[0, -1], 0], rel=1e-6)
    content = moved(mesh, seed=1).export(file_type=suffix[1:])
    body, _ = read_back(content if isinstance(content, bytes) else content.encode(), suffix)
    assert map_error(body, exact) < 1e-4
    assert body.reference_length == pytest.approx(exact.reference_length, rel=2e-4)


@pytest.mark.parametrize("suffix", [".csv", ".dat", ".svg", ".dxf"])
def test_meridians_and_sections_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"body{suffix}"
    export_body(EGG, path)
    body = Body.from_file(path, revolution=True)
    assert map_error(body, EGG) < 1e-6
    assert body.reference_length == pytest.approx(2.0, rel=1e-6)
    assert body.origin == pytest.approx(0.7, abs=1e-6)
    assert body.name == "body"
    assert load_body(str(path), revolution=True).coefficients.tolist() == body.coefficients.tolist()


def test_a_csv_holds_x_and_r_from_nose_to_tail(tmp_path: Path) -> None:
    export_body(Body.sphere(2.0), tmp_path / "ball.csv", chord=10.0)
    lines = (tmp_path / "ball.csv").read_text().splitlines()
    assert lines[0] == "x,r"
    table = np.array([[float(number) for number in line.split(",")] for line in lines[1:]])
    assert np.hypot(*table.T) == pytest.approx(np.full(len(table), 5.0))
    assert table[0].tolist() == [-5.0, 0.0]
    assert table[-1].tolist() == [5.0, 0.0]


def test_a_surface_opens_elsewhere(tmp_path: Path) -> None:
    export_body(EGG, tmp_path / "egg.vtp")
    surface = pyvista.read(tmp_path / "egg.vtp")
    assert surface.is_all_triangles
    assert surface.is_manifold
    assert surface.area == pytest.approx(EGG.wetted_area, rel=1e-4)
    assert surface.volume == pytest.approx(EGG.volume, rel=1e-6)


@pytest.mark.parametrize("spec", ["spheroid:10", "suboff", "capsule:20"])
def test_the_rings_of_a_solid_lie_where_its_meridian_bends(spec: str) -> None:
    body = load_body(spec)
    rings = _with_few_rings(body.meridian(4001))
    assert len(rings) <= RINGS + 2
    line = shapely.LineString(rings)
    off = max(line.distance(point) for point in shapely.points(body.meridian(1501)))
    assert off < 5e-4 * body.reference_length
    corners, faces = revolved_surface(rings)
    assert enclosed_volume(corners, faces) == pytest.approx(body.volume, rel=1e-6)


@pytest.mark.parametrize("sections", [3, 16, 128])
def test_the_volume_does_not_depend_on_the_number_of_sides(sections: int) -> None:
    meridian = EGG.meridian(2001)
    corners, faces = revolved_surface(meridian, sections)
    assert enclosed_volume(corners, faces) == pytest.approx(EGG.volume, rel=1e-6)


TABLES = {
    "x r": "x,r\n" + "".join(f"{x!r},{r!r}\n" for x, r in EGG.meridian(80).tolist()),
    "r x": "r;x\n" + "".join(f"{r!r};{x!r}\n" for x, r in EGG.meridian(80).tolist()),
    "radius": "# a hull\nx (m), radius (m)\n" + "".join(f"{x!r}, {r!r}\n" for x, r in EGG.meridian(80).tolist()),
    "from tail to nose": "".join(f"{x!r} {r!r}\n" for x, r in EGG.meridian(80)[::-1].tolist()),
    "the whole section": "".join(f"{x!r} {y!r}\n" for x, y in EGG.outline(160).tolist()),
    "the whole section above the axis": "".join(
        f"{x!r} {y + 5.0!r}\n" for x, y in EGG.outline(160)[[*range(160), 0]].tolist()
    ),
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_tables_of_a_meridian_or_a_section(tmp_path: Path, text: str) -> None:
    path = tmp_path / "egg.csv"
    path.write_text(text)
    body = Body.from_file(path, revolution=True)
    assert map_error(body, EGG) < 1e-6
    assert body.reference_length == pytest.approx(2.0, rel=1e-6)


def solid_of(sides: int) -> trimesh.Trimesh:
    return trimesh.creation.cylinder(radius=1.0, height=4.0, sections=sides)


def scaled(x: float, y: float, z: float) -> trimesh.Trimesh:
    return trimesh.Trimesh(SPHERE.vertices * [x, y, z], SPHERE.faces)


MESHES: dict[str, tuple[Callable[[], trimesh.Trimesh], Body, float]] = {
    "UV sphere": (trimesh.creation.uv_sphere, Body.sphere(2.0), 1e-6),
    "icosphere": (lambda: SPHERE, Body.sphere(2.0), 1e-4),
    "prolate": (lambda: scaled(3.0, 1.0, 1.0), Body.spheroid(3.0, reference_length=2.0 * 3.0 ** (1 / 3)), 3e-4),
    "oblate": (lambda: scaled(1.0, 0.3, 1.0), Body.spheroid(0.3, reference_length=2.0 * 0.3 ** (1 / 3)), 1e-4),
    "capsule": (lambda: trimesh.creation.capsule(4.0, 1.0), load_body("capsule:3"), 2e-3),
    "drum": (lambda: solid_of(64), Body.from_meridian([(0, 1), (4, 1)]), 1e-3),
    "drum with three equal moments": (
        lambda: trimesh.creation.cylinder(radius=1.0, height=3.0**0.5, sections=64),
        Body.from_meridian([(0, 1), (3.0**0.5, 1)]),
        1e-3,
    ),
    "cone": (lambda: trimesh.creation.cone(1.0, 3.0, sections=64), Body.from_meridian([(0, 1), (3, 0)]), 1e-3),
}


@pytest.mark.parametrize(("mesh", "exact", "error"), MESHES.values(), ids=MESHES)
def test_meshes_of_other_programs(mesh, exact: Body, error: float) -> None:
    """In thousandths of the unit."""
    given, scale = mesh(), 1e-3
    given = trimesh.Trimesh(scale * given.vertices, given.faces)
    body, _ = read_back(moved(given, seed=2).export(file_type="ply"), ".ply")
    assert map_error(body, exact) < error
    if exact.name != "capsule:3":
        assert body.reference_length == pytest.approx(scale * exact.reference_length, rel=1e-3)


def with_fins() -> trimesh.Trimesh:
    fins = [
        trimesh.creation.box((0.5, *size)).apply_translation([2.0, 0.0, 0.0]) for size in ((0.02, 2.6), (2.6, 0.02))
    ]
    return trimesh.util.concatenate([scaled(3.0, 1.0, 1.0), *fins])


NO_REVOLUTION: dict[str, tuple[Callable[[], trimesh.Trimesh], str]] = {
    "box": (
        lambda: trimesh.creation.box((3.0, 1.0, 2.0)),
        r"two equal moments of inertia, got ones that differ by 24\.9%",
    ),
    "cube": (lambda: trimesh.creation.box((1.0, 1.0, 1.0)), "got .* of its diameter off the meridian"),
    "six sides": (lambda: solid_of(6), "save it with more sides around the axis"),
    "elliptic": (lambda: scaled(3.0, 1.03, 1.0), "got vertices up to .* of its diameter off the meridian"),
    "flat ellipsoid": (lambda: scaled(1.0, 1.5, 2.0), "two equal moments of inertia"),
    "fins": (with_fins, "off the meridian"),
    "two balls": (
        lambda: trimesh.util.concatenate([SPHERE, SPHERE.copy().apply_translation([4, 0, 0])]),
        "vertices up to",
    ),
    "torus": (lambda: trimesh.creation.torus(2.0, 0.5), "meets its axis at two ends, got one that crosses it 0 times"),
    "tube": (lambda: trimesh.creation.annulus(1.0, 2.0, 5.0), "meets its axis at two ends"),
    "open": (lambda: trimesh.Trimesh(SPHERE.vertices, SPHERE.faces[SPHERE.triangles_center[:, 0] < 0.9]), "holes"),
}


@pytest.mark.parametrize(("mesh", "sentence"), NO_REVOLUTION.values(), ids=NO_REVOLUTION)
def test_meshes_that_are_not_of_revolution_are_refused(mesh, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read_here(moved(mesh(), seed=3).export(file_type="stl"), ".stl", REVOLUTION)


BAD_FILES = {
    "negative radius": ("a.csv", "x,r\n0,0\n1,0.5\n2,0.5\n3,-0.1\n", "radii r of 0 or more, .* got r = -0.1"),
    "asymmetric section": ("a.csv", "0 0\n2 -1\n4 0\n2 2\n1 1.5\n", "its own mirror image about a line along x"),
    "one row": ("a.csv", "x,r\n1,1\n", "at least 2 points of a meridian, got 1"),
    "nan": ("a.csv", "x,r\n0,0\n1,nan\n2,0\n", "got"),
    "asymmetric drawing": ("a.svg", '<svg viewBox="0 0 9 9"><path d="M0 0 L4 0 L4 3 L1 2 Z"/></svg>', "mirror image"),
}


@pytest.mark.parametrize(("name", "text", "sentence"), BAD_FILES.values(), ids=BAD_FILES)
def test_bad_files_give_one_sentence(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=sentence):
        Body.from_file(tmp_path / name, revolution=True)


def test_options_that_do_not_fit_give_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ball.ply"
    SPHERE.export(path)
    with pytest.raises(InputError, match="whose axis is found, got the plane of a cut; leave axis and at out"):
        Body.from_file(path, revolution=True, axis="y")
    with pytest.raises(InputError, match="one body of revolution, got the choice of a part"):
        load_body(str(path), revolution=True, part=1)
    with pytest.raises(InputError, match="expected a bool, got 1"):
        load_body("circle", revolution=1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"ending in \.dat, \.csv, \.svg, \.dxf, \.stl, \.vts, got '\.obj'"):
        export_body(Body.circle(), tmp_path / "a.obj")
    with pytest.raises(InputError, match="span for extruded sections only, got one for a body of revolution"):
        export_body(EGG, tmp_path / "a.stl", span=1.0)
    with pytest.raises(InputError, match="unit of length"):
        export_body(EGG, tmp_path / "a.stl", unit="parsec")


@pytest.mark.parametrize(
    "suffix", [suffix for suffix in REVOLUTION_SUFFIXES if suffix in (".csv", ".stl", ".obj", ".vtp")]
)
def test_what_does_not_read_back_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text("old")
    monkeypatch.setattr(revolved_solid, "AREA_TOLERANCE", -1.0)
    monkeypatch.setattr(revolved_solid, "VOLUME_TOLERANCE", -1.0)
    monkeypatch.setattr(revolved_solid, "read_vtp", lambda data: (np.zeros((1, 3)), np.zeros((1, 3))))
    with pytest.raises(InputError, match="to hold what was written, got something else"):
        export_body(EGG, path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_names_cannot_break_the_file(tmp_path: Path) -> None:
    export_body(Body(EGG.coefficients, name="a\nv 0 0 0\n", revolution=True), tmp_path / "a.obj")
    assert (tmp_path / "a.obj").read_text().splitlines()[0] == "o a v 0 0 0"
