"""Bodies and flows in files: what was written reads back as the same body, in the size and unit that were asked for."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import pyvista
import trimesh

from fusiform.solvers import Body, FlowConditions, InputError, Solution, solve
from fusiform.solvers.export import EXPORT_SUFFIXES, export_body
from fusiform.solvers.flow.fields import vts
from fusiform.solvers.geometry import read_outline
from fusiform.solvers.geometry.formats import extruded_solid, outline_writers
from fusiform.solvers.geometry.formats.isolated_reader import read_here
from fusiform.solvers.geometry.polygons import signed_area

SUFFIXES = [suffix for suffix in EXPORT_SUFFIXES if suffix != ".vts"]


@pytest.fixture(scope="module")
def body() -> Body:
    """A cambered section, chord 3, away from the origin."""
    section = Body.naca("2412")
    return Body(section.coefficients, 3.0 * section.reference_length, "naca 2412", origin=2.0 - 1.0j)


@pytest.fixture(scope="module")
def solution() -> Solution:
    return solve(Body.ellipse(2.0), FlowConditions(10.0, 5.0), grid="coarse")


def loop_in(path, **plane):
    """Read in this process where a child would only cost time."""
    suffix = path.suffix
    if suffix in (".dat", ".csv"):
        return read_outline(path)
    return read_here(path.read_bytes(), suffix, **plane).points


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_gives_the_same_body_back(tmp_path, body, suffix):
    path = tmp_path / f"body{suffix}"
    export_body(body, path)
    again = Body.from_outline(loop_in(path))
    assert again.reference_length == pytest.approx(body.reference_length, rel=1e-6)
    assert again.origin == pytest.approx(body.origin, abs=1e-5)
    assert (again.coefficients - body.coefficients).abs().max() < 2e-6
    assert again.area == pytest.approx(body.area, rel=1e-6)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_chord_scales_about_the_origin(tmp_path, body, suffix):
    path = tmp_path / f"body{suffix}"
    export_body(body, path, chord=250.0, unit="mm")
    loop, scale = loop_in(path), 250.0 / body.length
    assert np.ptp(loop[:, 0]) == pytest.approx(250.0, rel=1e-4)
    assert signed_area(loop) == pytest.approx(scale**2 * body.area, rel=1e-4)
    assert loop.min(axis=0) == pytest.approx(scale * body.outline(400).min(axis=0), rel=1e-5)


@pytest.mark.parametrize(("unit", "millimetres", "number"), [("mm", 1.0, 4), ("m", 1000.0, 6), ("in", 25.4, 1)])
def test_units_are_told_where_the_format_has_a_place(tmp_path, body, unit, millimetres, number):
    export_body(body, tmp_path / "a.svg", unit=unit, chord=0.5)
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    assert root.attrib["width"] == f"{width * millimetres!r}mm"
    assert float(root.attrib["height"].removesuffix("mm")) == pytest.approx(height * millimetres)
    assert width == pytest.approx(0.5 * 1.04, rel=1e-3)
    loop = read_here((tmp_path / "a.svg").read_bytes(), ".svg").points
    assert (loop.min(axis=0) > [left, -top - height]).all()
    assert (loop.max(axis=0) < [left + width, -top]).all()
    export_body(body, tmp_path / "a.dxf", unit=unit)
    assert re.search(rf"\$INSUNITS\n 70\n{number}\n", (tmp_path / "a.dxf").read_text())


@pytest.mark.parametrize(("span", "thickness"), [(None, 3.0), (0.25, 0.25)])
def test_stl_is_a_watertight_extrusion(tmp_path, body, span, thickness):
    """By one reference length if no span is given."""
    export_body(body, tmp_path / "a.stl", chord=3.0 * body.length / body.reference_length, span=span)
    mesh = trimesh.load_mesh(tmp_path / "a.stl")
    assert mesh.is_watertight
    assert mesh.extents[2] == pytest.approx(thickness, rel=1e-6)
    assert mesh.volume == pytest.approx(thickness * 0.25 * math.pi * 9.0, rel=1e-4)


def test_vts_opens_elsewhere_with_the_same_flow(tmp_path, solution):
    path = tmp_path / "flow.vts"
    field = solution.field
    export_body(solution.body, path, field=field)
    grid = pyvista.read(path)
    n_xi, n_eta = field.psi.shape
    assert grid.dimensions == (n_xi, n_eta + 1, 1)
    shape = (n_eta + 1, n_xi)
    points = grid.points.reshape(*shape, 3)
    assert points[:-1, :, 0] == pytest.approx(field.position.real.T, abs=0.0)
    assert points[:-1, :, 1] == pytest.approx(field.position.imag.T, abs=0.0)
    assert (points[-1] == points[0]).all()
    for name, values in (("pressure", field.pressure), ("vorticity", field.omega), ("streamfunction", field.psi)):
        assert (grid[name].reshape(shape)[:-1] == values.T).all()
    velocity = grid["velocity"].reshape(*shape, 3)
    assert (velocity[:-1, :, 0] + 1j * velocity[:-1, :, 1] == field.velocity.T).all()
    assert (velocity[..., 2] == 0.0).all()
    assert signed_area(points[:-1, 0, :2]) == pytest.approx(0.25 * math.pi, rel=0.01)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


BAD = {
    "suffix": ("a.txt", {}, r"ending in \.dat, \.csv, \.svg, \.dxf, \.stl, \.vts, got '\.txt'"),
    "no suffix": ("a", {}, "got 'no ending'"),
    "unit": ("a.svg", {"unit": "parsec"}, "unit of length, um, mm, cm, m, in, ft, got 'parsec'"),
    "chord": ("a.dat", {"chord": 0.0}, "positive chord, got 0"),
    "nan": ("a.dat", {"chord": math.nan}, "positive chord, got nan"),
    "span": ("a.stl", {"span": -1.0}, "positive span, got -1"),
    "span of an outline": ("a.svg", {"span": 1.0}, r"span for \.stl only"),
    "no field": ("a.vts", {}, "expected a flow field for .vts, got none"),
    "chord of a flow": ("a.vts", {"chord": 1.0}, "units of d, got a chord"),
    "folder": ("absent/a.dxf", {}, "writable folder"),
}


@pytest.mark.parametrize(("name", "options", "sentence"), BAD.values(), ids=BAD)
def test_every_refusal_is_one_sentence(tmp_path, name, options, sentence):
    with pytest.raises(InputError, match=sentence):
        export_body(Body.circle(), tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", EXPORT_SUFFIXES)
def test_what_does_not_read_back_is_not_kept(tmp_path, monkeypatch, solution, suffix):
    """If the written content fails its check, the old file stays, and no other."""
    path = tmp_path / f"a{suffix}"
    path.write_text("old")
    monkeypatch.setattr(outline_writers, "AREA_TOLERANCE", -1.0)
    monkeypatch.setattr(extruded_solid, "AREA_TOLERANCE_STL", -1.0)
    monkeypatch.setattr(vts, "read_vts", lambda data: {})
    field = solution.field if suffix == ".vts" else None
    with pytest.raises(InputError, match="to hold what was written, got something else"):
        export_body(solution.body, path, field=field)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_single_precision_is_too_little_far_from_the_origin(tmp_path):
    far = Body(Body.circle().coefficients, origin=1e7 + 0j)
    with pytest.raises(InputError, match="move the body to the origin"):
        export_body(far, tmp_path / "a.stl")
    export_body(far, tmp_path / "a.csv")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]


def test_names_cannot_break_the_file(tmp_path):
    body = Body(Body.circle().coefficients, name='<b> & "quotes"\n]]> \x00')
    export_body(body, tmp_path / "a.svg")
    assert ElementTree.parse(tmp_path / "a.svg").getroot()[0].text == '<b> & "quotes" ]]>'
