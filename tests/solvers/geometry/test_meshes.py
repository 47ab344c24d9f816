"""Sections of meshes: the area of the solid's section in closed form, whatever the format, the scale and the plane."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import trimesh

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, load_body, parse_outline
from fusiform.solvers.geometry.formats.isolated_reader import read_here
from fusiform.solvers.geometry.polygons import signed_area
from fusiform.solvers.inverse.problem.body_table import body_from

CASES = Path(__file__).parent / "cases"
SPHERE = trimesh.creation.icosphere(subdivisions=4)
PRISM = """# a pentagon extruded from z = 0 to 2, with faces of four and five corners
v 0 0 0
v 4 0 0
v 4 2 0
v 2 3 0
v 0 2 0
v 0 0 2
v 4 0 2
v 4 2 2
v 2 3 2
v 0 2 2
f 5 4 3 2 1
f 6 7 8 9 10
f 1 2 7 6
f 2 3 8 7
f 3 4 9 8
f 4 5 10 9
f 5 1 6 10
"""
TETRAHEDRON = [[(0, 0, 0), (0, 2, 0), (2, 0, 0)], [(0, 0, 0), (2, 0, 0), (0, 0, 2)]]
TETRAHEDRON += [[(0, 0, 0), (0, 0, 2), (0, 2, 0)], [(2, 0, 0), (0, 2, 0), (0, 0, 2)]]


def ascii_stl(triangles) -> bytes:
    facets = "".join(
        "facet normal 0 0 0\n  outer loop\n"
        + "".join(f"    vertex {x:e} {y:e} {z:e}\n" for x, y, z in triangle)
        + "  endloop\nendfacet\n"
        for triangle in triangles
    )
    return f"solid made by hand\n{facets}endsolid\n".encode()


def ascii_ply(mesh: trimesh.Trimesh) -> bytes:
    head = f"ply\nformat ascii 1.0\nelement vertex {len(mesh.vertices)}\nproperty float x\nproperty float y\n"
    head += f"property float z\nelement face {len(mesh.faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    rows = [" ".join(map(str, vertex)) for vertex in mesh.vertices.tolist()]
    rows += ["3 " + " ".join(map(str, face)) for face in mesh.faces.tolist()]
    return (head + "\n".join(rows) + "\n").encode()


@pytest.mark.parametrize(("axis", "area"), [("z", 10.0), ("y", 8.0), ("x", 6.0)])
def test_prism_of_polygons(axis, area):
    """Sections of the pentagonal prism half way up, along and across."""
    assert signed_area(read_here(PRISM.encode(), ".obj", axis).points) == pytest.approx(area, rel=1e-9)


@pytest.mark.parametrize(
    "content",
    [ascii_stl(TETRAHEDRON), trimesh.Trimesh(**trimesh.triangles.to_kwargs(TETRAHEDRON)).export(file_type="stl")],
)
@pytest.mark.parametrize("at", [None, 0.5])
def test_triangle_of_a_tetrahedron(content, at):
    side = 2.0 - (1.0 if at is None else at)
    outline = read_here(content, ".stl", "z", at).points
    assert signed_area(outline) == pytest.approx(0.5 * side**2, rel=1e-6)
    assert outline.min(axis=0) == pytest.approx([0.0, 0.0], abs=1e-6)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize("at", [0.0, 0.3, -0.9])
def test_sphere_in_any_unit(scale, at):
    """A plane through vertices, and planes that cut triangles to slivers; trimesh alone takes 1e-9 for nothing."""
    mesh = trimesh.Trimesh(scale * (SPHERE.vertices + np.array([5.0, 0.0, 0.0])), SPHERE.faces, process=False)
    outline = read_here(ascii_ply(mesh), ".ply", "z", scale * at).points
    assert signed_area(outline) == pytest.approx(math.pi * scale**2 * (1 - at**2), rel=0.01)
    assert outline.mean(axis=0) == pytest.approx([5.0 * scale, 0.0], abs=0.02 * scale)


@pytest.mark.parametrize(("name", "area"), [("m01_uv_sphere", math.pi), ("m02_hull_and_fin_unmerged", 14.007)])
def test_cases_have_their_area(name, area):
    """Of a sphere, and of a hull united with the fin that crosses it."""
    found = read_here((CASES / f"{name}.stl").read_bytes(), ".stl")
    assert signed_area(found.points) == pytest.approx(area, rel=6e-3)


def test_the_largest_of_several_loops():
    """A tube with a ball beside it: the outer wall."""
    tube = trimesh.creation.annulus(r_min=1.0, r_max=2.0, height=1.0, sections=90)
    ball = trimesh.creation.icosphere(radius=0.5).apply_translation([5.0, 0.0, 0.0])
    content = trimesh.util.concatenate([ball, tube]).export(file_type="stl")
    assert signed_area(read_here(content, ".stl").points) == pytest.approx(4 * math.pi, rel=0.01)


def test_a_mesh_from_a_file_becomes_a_body(tmp_path):
    """Through the child process: the meridian of an ellipsoid 3:1."""
    path = tmp_path / "hull.stl"
    trimesh.Trimesh(SPHERE.vertices * [3.0, 1.0, 1.0], SPHERE.faces).export(path)
    body = Body.from_file(path, axis="y", at=0.1)
    assert body.fineness == pytest.approx(3.0, rel=0.01)
    assert body.area == pytest.approx(3.0 * math.pi * (1 - 0.1**2), rel=0.01)


def box(length, height, depth, at=(0.0, 0.0, 0.0)) -> trimesh.Trimesh:
    return trimesh.creation.box((length, height, depth)).apply_translation(at)


def inside_out(mesh: trimesh.Trimesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices, mesh.faces[:, ::-1], process=False)


WALL = trimesh.Trimesh([(0, -3, -0.5), (0, 3, -0.5), (0, 3, 0.5), (0, -3, 0.5)], [(0, 1, 2), (0, 2, 3)], process=False)
UNTIDY = {
    "parts that cross": ([box(4, 2, 1), box(4, 2, 1, (1, 1, 0))], 13.0, "the only closed curve"),
    "parts that touch": ([box(4, 2, 1), box(4, 2, 1, (4, 0, 0))], 16.0, "the only closed curve"),
    "halves with a wall between them": (
        [box(4, 2, 1), box(4, 2, 1, (0, 0, 1))],
        8.0,
        "the section at z = 0.5: ",
    ),
    "two solids": ([box(4, 2, 1), box(2, 1, 1, (8, 0, 0))], 8.0, "closed curve 1 of 2 by area"),
    "a wall inside and outside": ([box(4, 2, 1), WALL], 8.0, "2 loose ends left out"),
    "triangles twice": ([box(4, 2, 1), box(4, 2, 1)], 8.0, "the only closed curve"),
    "triangles inside out": ([inside_out(box(4, 2, 1))], 8.0, "the only closed curve"),
    "a hollow": ([box(4, 2, 1), inside_out(box(2, 1, 1))], 8.0, "closed curve 1 of 2 by area"),
}


@pytest.mark.parametrize(("parts", "area", "word"), UNTIDY.values(), ids=UNTIDY)
def test_untidy_meshes_have_the_union_of_their_parts(parts, area, word):
    found = read_here(trimesh.util.concatenate(parts).export(file_type="stl"), ".stl")
    assert signed_area(found.points) == pytest.approx(area, rel=1e-6)
    assert found.source.startswith("the section at z = ")
    assert word in found.source


OPEN = {
    "a hole in the side": (SPHERE.triangles_center[:, 0] < 0.9, r"\(0\.9153, -0\.4025\), \(0\.9153, 0\.4025\)"),
    "half a sphere": (SPHERE.triangles_center[:, 1] > 0.0, r"\(-1, 0\), \(1, 0\)"),
}


@pytest.mark.parametrize(("kept", "rims"), OPEN.values(), ids=OPEN)
def test_open_rims_are_named(kept, rims):
    content = trimesh.Trimesh(SPHERE.vertices, SPHERE.faces[kept], process=False).export(file_type="stl")
    with pytest.raises(InputError, match=f"got one with holes, whose rims the plane cuts at {rims}; close them"):
        read_here(content, ".stl", at=0.001)


def test_relative_corners_count_back_from_the_face():
    """Each face after its own corners, further corners after all faces, and corners beside numbers of normals."""
    corner, shapes = trimesh.util.concatenate([SPHERE, box(9, 9, 9, (20, 0, 0))]), []
    for triangle in corner.triangles.tolist():
        shapes += [f"v {x!r} {y!r} {z!r}" for x, y, z in triangle] + ["f -3//-1 -2//-1 \\", " -1//-1"]
    content = "\n".join(["vn 0 0 1", *shapes, "v 0 0 0", "v 0 0 1", "v 1 0 1"])
    found = read_here(content.encode(), ".obj", at=0.1)
    assert signed_area(found.points) == pytest.approx(81.0)
    assert "closed curve 1 of 2 by area" in found.source
    with pytest.raises(InputError, match="expected faces of corners of the file, got corner '-4' of 3"):
        read_here(b"v 0 0 0\nv 1 0 0\nv 1 1 2\nf -4 -2 -1\n", ".obj")


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n", "\n  "), ("\nv ", "\nv\t"), ("\n", " # by hand\n"), ("\n", "\r"), ("\n", "\r\n"), (" ", "\t")],
)
def test_white_space_notes_and_line_ends_of_obj_change_nothing(old, new):
    content = PRISM.replace(old, new).encode()
    assert signed_area(read_here(content, ".obj").points) == signed_area(read_here(PRISM.encode(), ".obj").points)


def test_a_plane_at_a_step_is_refused():
    """Half way up two boxes of equal depth, one on the other: which one is for the user to say."""
    content = trimesh.util.concatenate([box(4, 2, 1), box(2, 1, 1, (0, 0, 1))]).export(file_type="stl")
    with pytest.raises(InputError, match=r"does not jump, got z = 0\.5, with an area of 8 below and 2 above"):
        read_here(content, ".stl")
    assert signed_area(read_here(content, ".stl", at=0.6).points) == pytest.approx(2.0)


BAD = {
    "at the end": (PRISM, {"at": 2.0}, "plane that meets the mesh, z from 0 to 2, got 2"),
    "beside": (PRISM, {"at": 9.0}, "plane that meets the mesh, z from 0 to 2, got 9"),
    "points only": ("v 0 0 0\nv 1 0 0\n", {}, r"\.obj mesh with triangles, got none"),
    "flat": ("v 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n", {}, "a mesh section with a closed curve, got none"),
    "one point": ("v 1 1 1\n" * 3 + "f 1 2 3\n", {}, "got all of it in one point"),
    "one triangle": ("v 0 0 0\nv 1 0 0\nv 1 1 2\nf 1 2 3\n", {}, "a mesh with a closed section, got one with holes"),
    "nan": (PRISM.replace("v 4 0 0", "v nan 0 0"), {}, "finite coordinates up to .* got nan"),
    "huge": (PRISM.replace("v 4 0 0", "v 1e200 0 0"), {}, "finite coordinates up to .* got 1e.200"),
}


@pytest.mark.parametrize(("content", "plane", "sentence"), BAD.values(), ids=BAD)
def test_every_refusal_is_one_sentence(content, plane, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        read_here(content.encode(), ".obj", **plane)
    assert "; " in str(caught.value)


def test_planes_are_chosen_wherever_a_mesh_is_read(tmp_path):
    """By the names of bodies, as the command line has them, and by the table of a problem file."""
    (tmp_path / "box.stl").write_bytes(box(4, 2, 1).export(file_type="stl"))
    plane = {"axis": "y", "at": 0.25}
    for body in (
        load_body(str(tmp_path / "box.stl"), **plane),
        body_from({"file": "box.stl", **plane}, tmp_path),
        Body.from_file(tmp_path / "box.stl", **plane),
    ):
        assert body.area == pytest.approx(4.0)
        assert body.source == "the section at y = 0.25: the only closed curve"
    with pytest.raises(InputError, match="mesh to choose a part or a plane of, got 'circle'"):
        load_body("circle", **plane)


@pytest.mark.parametrize(
    ("plane", "sentence"), [({"axis": "w"}, "axis x, y or z, got 'w'"), ({"at": np.inf}, "finite place of the plane")]
)
def test_planes_are_checked(plane, sentence):
    with pytest.raises(InputError, match=sentence):
        parse_outline(PRISM, ".obj", **plane)
