"""A surface of triangles as VTK polygons (.vtp), which ParaView and pyvista open.

The file format: VTK, "XML file formats", PolyData, arrays inline in base64, little endian.
"""

from __future__ import annotations

import base64
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import FloatArray

_HEADER = np.dtype("<u8")
_TYPES = {"Float64": np.dtype("<f8"), "Int64": np.dtype("<i8")}


def vtp_document(corners: FloatArray, faces: NDArray[np.int64]) -> bytes:
    """The file of corners (m, 3) and triangles (k, 3)."""
    root = ElementTree.Element(
        "VTKFile", type="PolyData", version="1.0", byte_order="LittleEndian", header_type="UInt64"
    )
    piece = ElementTree.SubElement(
        ElementTree.SubElement(root, "PolyData"),
        "Piece",
        NumberOfPoints=str(len(corners)),
        NumberOfPolys=str(len(faces)),
    )
    _add(ElementTree.SubElement(piece, "Points"), "points", "Float64", corners, 3)
    polygons = ElementTree.SubElement(piece, "Polys")
    _add(polygons, "connectivity", "Int64", faces, 1)
    _add(polygons, "offsets", "Int64", 3 * np.arange(1, len(faces) + 1), 1)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def read_vtp(content: bytes) -> tuple[FloatArray, NDArray[np.int64]]:
    """The corners (m, 3) and triangles (k, 3) of a file that `vtp_document` made."""
    arrays = {}
    for element in ElementTree.fromstring(content).iter("DataArray"):
        arrays[element.attrib["Name"]] = base64.b64decode(element.text or "")[_HEADER.itemsize :]
    corners = np.frombuffer(arrays["points"], dtype=np.float64).reshape(-1, 3)
    return corners, np.frombuffer(arrays["connectivity"], dtype=np.int64).reshape(-1, 3)


def _add(parent: ElementTree.Element, name: str, kind: str, values: NDArray[np.generic], components: int) -> None:
    data = np.ascontiguousarray(values, dtype=_TYPES[kind]).tobytes()
    array = ElementTree.SubElement(
        parent, "DataArray", type=kind, Name=name, NumberOfComponents=str(components), format="binary"
    )
    array.text = base64.b64encode(np.array(len(data), dtype=_HEADER).tobytes() + data).decode()
