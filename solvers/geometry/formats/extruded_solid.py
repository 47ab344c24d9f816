"""Writing an extruded outline as a watertight .stl solid, which is read back before the file appears."""

from __future__ import annotations

import io
import os

import numpy as np
from numpy.typing import ArrayLike

from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import file_path, write_checked
from fusiform.solvers.geometry.formats.outline_files import require_suffix
from fusiform.solvers.geometry.formats.outline_writers import REMEDY
from fusiform.solvers.geometry.limits import require_length
from fusiform.solvers.geometry.polygons import clean_outline, signed_area

AREA_TOLERANCE_STL = 1e-4  # of single precision
LEAST_SPAN = 1e-8  # trimesh takes less for nothing


def write_stl(path: str | os.PathLike[str], points: ArrayLike, *, span: float = 1.0) -> None:
    """Write an outline, extruded along z, as a watertight binary .stl; an old file is replaced.

    The file is read back before it appears: watertight, and the volume right to 1e-4 (an outline far from the origin
    loses the digits of single precision).

    Parameters
    ----------
    path : path-like
        Ends in .stl.
    points : array_like
        (n, 2), see `fit_outline`.
    span : float
        The solid reaches from z = 0 to z = `span` > 0, in the unit of the points.

    Raises
    ------
    InputError
        For another suffix, a span that is not positive, a place that cannot be written, and points that do not bound a
        body.

    Examples
    --------
    >>> from fusiform.solvers.geometry import read_outline, write_stl
    >>> write_stl("box.stl", [(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)], span=3.0)
    >>> read_outline("box.stl", axis="z", at=1.5).max(axis=0).tolist()
    [2.0, 1.0]
    """
    from mapbox_earcut import triangulate_float64
    from trimesh import Trimesh
    from trimesh.creation import extrude_triangulation
    from trimesh.exchange.load import load_mesh
    from trimesh.exchange.stl import export_stl

    file = file_path(path)
    require_suffix(file.suffix, (".stl",))
    require_length(span, "span", "give a length")
    require(
        span > LEAST_SPAN,
        f"expected a span above {LEAST_SPAN:g}, got {span:g}; give the outline and the span in a smaller unit",
    )
    loop = clean_outline(points)
    area = signed_area(loop)
    centred = loop - loop.mean(axis=0)
    triangles = triangulate_float64(centred, np.array([len(loop)], dtype=np.uint32)).reshape(-1, 3)
    solid = extrude_triangulation(loop, triangles, height=span)

    def check(data: bytes) -> bool:
        stored = load_mesh(io.BytesIO(data), file_type="stl", process=False)
        extent = float(np.max(stored.extents))
        again = Trimesh((stored.vertices - stored.bounds[0]) / extent, stored.faces)  # merges what is 1e-8 apart
        corners = np.asarray(again.triangles)
        volume = extent**3 * float(np.sum(corners[:, 0] * np.cross(corners[:, 1], corners[:, 2]))) / 6.0
        return bool(again.is_watertight) and abs(volume / (span * area) - 1.0) <= AREA_TOLERANCE_STL

    write_checked(file, export_stl(solid), check, REMEDY)
