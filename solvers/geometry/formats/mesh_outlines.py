"""The outline of the body in the section of a mesh; for the child process, since it imports shapely."""

from __future__ import annotations

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Drawing
from fusiform.solvers.geometry.formats.drawings.drawn_body import body_outline
from fusiform.solvers.geometry.formats.found_outline import FoundOutline
from fusiform.solvers.geometry.formats.mesh_sections import (
    Mesh,
    merged_sides,
    mesh_section,
    plane_of,
    planes_beside,
    read_mesh,
    rim_crossings,
)
from fusiform.solvers.geometry.polygons import clean_outline, signed_area

_SAME = 1e-3  # of the area: sections that differ less are the same
_LISTED = 6  # places in a sentence, at most


def mesh_outline(content: bytes, file_type: str, axis: str, at: float | None, part: str | int | None) -> FoundOutline:
    """The largest outline, or the `part`, in which the mesh in a file meets the plane where its `axis` is `at`.

    Parts that cross are united. `InputError` as in `mesh_sections` and `drawn_body`, and where triangles lie in the
    plane and the sections below and above it differ.
    """
    mesh = read_mesh(content, file_type)
    level = plane_of(mesh, axis, at)
    sections = [section_outline(mesh, axis, plane, part) for plane in planes_beside(mesh, axis, level)]
    below, above = (signed_area(section.points) for section in (sections[0], sections[-1]))
    require(
        abs(above - below) <= _SAME * max(above, below),
        f"expected a plane at which the section does not jump, got {axis} = {level:g}, with an area of {below:.4g} "
        f"below and {above:.4g} above it; choose one beside it",
    )
    return FoundOutline(sections[0].points, f"the section at {axis} = {level:.4g}: {sections[0].source}")


def section_outline(mesh: Mesh, axis: str, level: float, part: str | int | None = None) -> FoundOutline:
    """The largest outline, or the `part`, in which the mesh meets one plane, which holds no triangle."""
    try:
        found = body_outline(Drawing(mesh_section(mesh, axis, level), "a mesh section", divided=False), part)
    except InputError as error:
        rims = rim_crossings(mesh, axis, level)
        if not 0 < len(rims) <= _LISTED:
            raise
        places = ", ".join(f"({x:.4g}, {y:.4g})" for x, y in rims)
        raise InputError(
            f"expected a mesh with a closed section, got one with holes, whose rims the plane cuts at {places}; close "
            "them, or choose another plane"
        ) from error
    return FoundOutline(clean_outline(merged_sides(found.points)), found.source)
