"""A flow field as a VTK structured grid (.vts), which ParaView and pyvista open.

The file format: VTK, "XML file formats", StructuredGrid, arrays inline in base64, little endian.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import require
from fusiform.solvers.common.files import write_checked

if TYPE_CHECKING:
    from fusiform.solvers.flow.fields.flow_field import FlowField

_HEADER = np.dtype("<u8")
_VALUES = np.dtype("<f8")

PLANES = 32  # about the axis of a body of revolution


def write_vts(path: str | os.PathLike[str], field: FlowField) -> None:
    """Write the flow at its nodes: points (x, y, 0) in d, the wall first; velocity (u, v, 0) in U, pressure − p_∞ in
    ρU², vorticity in U/d, streamfunction in U d. Multiply by the body's `reference_length` for its own unit.

    Of a body of revolution the meridian is turned about the x axis in `PLANES` steps: points (x, r cos θ, r sin θ) and
    velocities likewise; the vorticity is the azimuthal one and the streamfunction Stokes', in U d².

    The first ray, or plane, is repeated as the last, so that the grid closes around the body. The file is read back
    before it appears, and must hold the same numbers. `InputError` for another suffix or a place that cannot be
    written.
    """
    file = Path(path)
    require(
        file.suffix.lower() == ".vts", f"expected a file ending in .vts, got {file.suffix or 'no ending'!r}; rename it"
    )
    vectors, scalars = (_turned_vectors, _turned) if field.revolution else (_in_space, _around)
    arrays = {
        "points": vectors(field.position),
        "velocity": vectors(field.velocity),
        "pressure": scalars(field.pressure),
        "vorticity": scalars(field.omega),
        "streamfunction": scalars(field.psi),
    }
    n_xi, n_eta = field.psi.shape
    content = _document(
        arrays, f"0 {n_xi - 1} 0 {n_eta // 2} 0 {PLANES}" if field.revolution else f"0 {n_xi - 1} 0 {n_eta} 0 0"
    )

    def check(data: bytes) -> bool:
        again = read_vts(data)
        return again.keys() == arrays.keys() and all(np.array_equal(again[name], arrays[name]) for name in arrays)

    write_checked(file, content, check, "write it again")


def read_vts(content: bytes) -> dict[str, FloatArray]:
    """The arrays of a file that `write_vts` wrote, by name, in its order: ξ first, then η."""
    arrays = {}
    for element in ElementTree.fromstring(content).iter("DataArray"):
        data = np.frombuffer(base64.b64decode(element.text or "")[_HEADER.itemsize :], dtype=_VALUES)
        width = int(element.attrib["NumberOfComponents"])
        arrays[element.attrib["Name"]] = data.reshape(-1, width) if width > 1 else data
    return arrays


def _around(values: np.ndarray) -> FloatArray:
    """Values (n_xi, n_eta) in the order of the file, with the first ray again at the end: ((n_eta + 1) n_xi,)."""
    return np.concatenate([values, values[:, :1]], axis=1).T.ravel()


def _in_space(values: np.ndarray) -> FloatArray:
    """Plane vectors x + iy, as `_around`, with z = 0: (…, 3)."""
    plane = _around(values)
    return np.column_stack([plane.real, plane.imag, np.zeros(len(plane))])


def _turned(values: np.ndarray) -> FloatArray:
    """Values (n_xi, n_eta) of a section on its upper half, again in each plane: ((PLANES + 1) (n_eta/2 + 1) n_xi,)."""
    return np.tile(_upper(values), PLANES + 1)


def _turned_vectors(values: np.ndarray) -> FloatArray:
    """Vectors x + ir of a section in the planes that `_turned` has, (…, 3)."""
    turn = 2.0 * np.pi * np.arange(PLANES + 1)[:, None] / PLANES
    turn[-1] = 0.0
    meridian = _upper(values)
    in_planes = (meridian.real, meridian.imag * np.cos(turn), meridian.imag * np.sin(turn))
    return np.stack(np.broadcast_arrays(*in_planes), axis=-1).reshape(-1, 3)


def _upper(values: np.ndarray) -> np.ndarray:
    """The rays 0 ≤ η ≤ π of values (n_xi, n_eta), in the order of the file: ((n_eta/2 + 1) n_xi,)."""
    return values[:, : values.shape[1] // 2 + 1].T.ravel()


def _document(arrays: dict[str, FloatArray], extent: str) -> bytes:
    root = ElementTree.Element(
        "VTKFile", type="StructuredGrid", version="1.0", byte_order="LittleEndian", header_type="UInt64"
    )
    root.append(
        ElementTree.Comment(" lengths in d (circle of equal area, sphere of equal volume), velocities in U, density 1 ")
    )
    piece = ElementTree.SubElement(
        ElementTree.SubElement(root, "StructuredGrid", WholeExtent=extent), "Piece", Extent=extent
    )
    at_points = ElementTree.SubElement(piece, "PointData", Scalars="pressure", Vectors="velocity")
    places = ElementTree.SubElement(piece, "Points")
    for name, values in arrays.items():
        data = np.ascontiguousarray(values, dtype=_VALUES).tobytes()
        array = ElementTree.SubElement(
            places if name == "points" else at_points,
            "DataArray",
            type="Float64",
            Name=name,
            NumberOfComponents=str(values.shape[1] if values.ndim > 1 else 1),
            format="binary",
        )
        array.text = base64.b64encode(np.array(len(data), dtype=_HEADER).tobytes() + data).decode()
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))
