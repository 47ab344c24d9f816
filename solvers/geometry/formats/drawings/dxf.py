"""The curves in the model space of a .dxf file, read by ezdxf: blocks are followed, hidden layers left out.

Read are the kinds of entities that draw curves. R12 files of small exporters may hold newer entities without the
subclass markers that ezdxf asks for; they are added.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np

from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.common.errors import InputError, require, shown
from fusiform.solvers.geometry.formats.drawings.curve_pieces import Curve, Drawing, Piece, require_pieces
from fusiform.solvers.geometry.formats.drawings.spline_pieces import spline_pieces

_SAVE = "save the drawing as ASCII DXF"
_MARKERS = {b"LWPOLYLINE": b"AcDbPolyline", b"SPLINE": b"AcDbSpline", b"ELLIPSE": b"AcDbEllipse"}
_READ = {"LINE", "LWPOLYLINE", "POLYLINE", "ARC", "CIRCLE", "ELLIPSE", "SPLINE", "HELIX", "SOLID", "TRACE"}
_NOTES = {
    "TEXT",
    "MTEXT",
    "DIMENSION",
    "ARC_DIMENSION",
    "POINT",
    "ATTRIB",
    "ATTDEF",
    "LEADER",
    "MULTILEADER",
    "TOLERANCE",
}
_NOTES |= {"XLINE", "RAY", "VIEWPORT", "MLEADER", "ACAD_TABLE", "IMAGE", "WIPEOUT"}
_ENTITIES, _HEADER, _END = (b"2", b"ENTITIES"), (b"2", b"HEADER"), (b"0", b"EOF")
_VERSION = [(b"9", b"$ACADVER"), (b"1", b"AC1015")]
_CONTROL = 16  # the flag of a vertex that only controls a spline
_NOT_PLOTTED = "defpoints"  # the layer of the points of dimensions
_TILT = 1e-6
_ARCS = 16  # cubic curves of a circle, exact to 1e-7 of the radius
_DEPTH = 32  # of blocks in blocks
_INSERTED = 20  # pieces that an insertion counts as
_FROZEN, _OFF = 2, 1


def read_dxf(content: bytes) -> Drawing:
    """All curves that can be seen. `InputError` for what is no ASCII DXF, and for curves out of the x-y plane."""
    require(not content.startswith(b"AutoCAD Binary DXF"), f"expected ASCII DXF, got binary DXF; {_SAVE}")
    require(b"\0" not in content, f"expected ASCII DXF, got binary data; {_SAVE}")
    content = content if b"\n" in content else content.replace(b"\r", b"\n")
    if not content.strip():
        return Drawing([], called="layer")
    from ezdxf import recover
    from ezdxf.audit import AuditError
    from ezdxf.lldxf.const import DXFError

    logging.getLogger("ezdxf").disabled = True
    try:
        document, audit = recover.read(io.BytesIO(_marked(content)))
    except (DXFError, AttributeError, AssertionError, UnicodeError) as error:  # what damage makes ezdxf raise
        raise InputError(f"expected a drawing in DXF, got a file that cannot be read as one; {_SAVE}") from error
    entities = _Entities(document)
    if any(fix.code == AuditError.UNDEFINED_BLOCK for fix in audit.fixes):
        entities.unread.add("INSERT of a missing block")
    curves: list[Curve] = []
    for number, (entity, names) in enumerate(entities.visible(document.modelspace())):
        curves += [part for whole in _without_bulges(entity) for part in _curves(whole, names, number)]
    unread = tuple(sorted(entities.unread))
    return Drawing(curves, called="layer", unread=unread, hidden=entities.hidden_shapes, frames=True)


class _Entities:
    """The visible entities of a document, blocks followed."""

    def __init__(self, document: Any) -> None:
        self.hidden = {
            layer.dxf.name.lower(): _FROZEN if layer.is_frozen() else _OFF
            for layer in document.layers
            if layer.is_frozen() or layer.is_off()
        }
        self.unread: set[str] = set()
        self.count = self.hidden_shapes = 0

    def visible(
        self, entities: Iterable[Any], layer: str = "0", blocks: tuple[str, ...] = ()
    ) -> Iterator[tuple[Any, tuple[str, ...]]]:
        """The curves, with their layer and their blocks; `layer` is that of the insertion, which layer 0 takes over."""
        require(len(blocks) <= _DEPTH, f"expected at most {_DEPTH} blocks in each other, got more; explode them")
        for entity in entities:
            self.count += 1
            require_pieces(self.count)
            kind, own = entity.dxftype(), entity.dxf.get("layer", "0")
            own = layer if blocks and own == "0" else own
            state = self.hidden.get(own.lower(), 0)
            if state == _FROZEN or entity.dxf.get("invisible", 0) or own.lower() == _NOT_PLOTTED:
                self.hidden_shapes += 1
            elif kind == "INSERT":
                yield from self._inserted(entity, own, blocks)
            elif state:
                self.hidden_shapes += 1
            elif kind == "POLYLINE" and (entity.is_polygon_mesh or entity.is_poly_face_mesh):
                self.unread.add("mesh")
            elif kind in _READ:
                yield entity, (own, *blocks)
            elif kind not in _NOTES:
                self.unread.add(kind)

    def _inserted(self, entity: Any, layer: str, blocks: tuple[str, ...]) -> Iterator[tuple[Any, tuple[str, ...]]]:
        from ezdxf.xclip import XClip

        clip, name = XClip(entity), entity.dxf.get("name", "")
        require(
            not (clip.has_clipping_path and clip.is_clipping_enabled),
            f"expected blocks without a clip, got block {shown(name)} with one; explode it and trim its lines",
        )
        for copy in entity.multi_insert() if entity.mcount > 1 else [entity]:
            self.count += _INSERTED
            require_pieces(self.count)
            parts = copy.virtual_entities(skipped_entity_callback=self._skip)
            yield from self.visible(parts, layer, (*blocks, name))

    def _skip(self, entity: Any, _: str) -> None:
        if entity.dxftype() not in _NOTES:
            self.unread.add(entity.dxftype())


def _without_bulges(entity: Any) -> Iterator[Any]:
    """The entity, or the lines and arcs of a polyline with arcs."""
    if entity.dxftype() == "POLYLINE":
        entity.vertices[:] = [vertex for vertex in entity.vertices if not vertex.dxf.get("flags", 0) & _CONTROL]
    if entity.dxftype() in ("LWPOLYLINE", "POLYLINE") and entity.has_arc:
        yield from entity.virtual_entities()
    else:
        yield entity


def _curves(entity: Any, names: tuple[str, ...], number: int) -> list[Curve]:
    from ezdxf import path

    if entity.dxftype() == "SPLINE" and len(entity.control_points):
        vertices = np.array(entity.control_points)
        found, heights = _spline(entity, vertices[:, :2]), vertices[:, 2].tolist()
    else:
        whole = path.make_path(entity, segments=_ARCS)
        found = [tuple(_pieces(part)) for part in whole.sub_paths() if len(part)]
        heights = [vertex.z for vertex in whole.control_vertices()]
    parts = [Curve(pieces, names, number) for pieces in found]
    extent = max((abs(b - a) for part in parts for piece in part.pieces for a in piece[:1] for b in piece), default=0.0)
    require(
        not heights or extent == 0.0 or not max(heights) - min(heights) > _TILT * extent,
        f"expected curves in the x-y plane, got a {entity.dxftype()} that is tilted; flatten the drawing",
    )
    return parts


def _spline(entity: Any, points: FloatArray) -> list[tuple[Piece, ...]]:
    knots, degree = np.array(entity.knots), entity.dxf.degree
    weights = np.array(entity.weights) if len(entity.weights) else np.ones(len(points))
    require(
        0 < degree < len(points) == len(weights) == len(knots) - degree - 1 and bool((weights > 0.0).all()),
        f"expected a SPLINE with control points, knots and positive weights, got {len(points)} points, {len(knots)} "
        f"knots, {len(weights)} weights and degree {degree}; {_SAVE}",
    )
    return spline_pieces(points, knots, weights, degree)


def _pieces(part: Any) -> Iterator[Piece]:
    """The control points of each command of a path."""
    at = part.start
    for command in part.commands():
        controls = [command.ctrl1] if hasattr(command, "ctrl1") else []
        controls = [command.ctrl] if hasattr(command, "ctrl") else controls
        controls += [command.ctrl2] if hasattr(command, "ctrl2") else []
        yield tuple(complex(v.x, v.y) for v in chain([at], controls, [command.end]))
        at = command.end


def _require_numbers(pairs: list[tuple[bytes, bytes]]) -> None:
    """Raise `InputError` for what ezdxf would read half, such as 2,5."""
    for code, value in pairs:
        if code.isdigit() and 10 <= int(code) < 60:
            try:
                float(value)
            except ValueError as error:
                text = value[:20].decode("latin-1")
                raise InputError(f"expected a number in the DXF drawing, got {text!r}; {_SAVE}") from error


def _marked(content: bytes) -> bytes:
    """The file with the subclass markers that entities after R12 ask for; `InputError` for one that breaks off."""
    lines = [line.strip() for line in content.splitlines()]
    pairs = list(zip(lines[0::2], lines[1::2], strict=False))
    starts = [i for i, (code, _) in enumerate(pairs) if code == b"0"]
    require_pieces(len(starts))
    _require_numbers(pairs[: pairs.index(_END) + 1 if _END in pairs else None])
    if _ENTITIES in pairs:
        complete = (b"0", b"ENDSEC") in pairs[pairs.index(_ENTITIES) :]
        require(complete, f"expected a whole DXF file, got one that breaks off among its entities; {_SAVE} again")
    marked: list[tuple[bytes, bytes]] = []
    for begin, end in zip([0, *starts], [*starts, len(pairs)], strict=True):
        entity = pairs[begin:end]
        marked += entity[:1]
        subclass = _MARKERS.get(entity[0][1]) if entity else None
        if subclass and (b"100", subclass) not in entity:
            layer = next((value for code, value in entity if code == b"8"), b"0")
            marked += [(b"100", b"AcDbEntity"), (b"8", layer), (b"100", subclass)]
        marked += entity[1:]
    if len(marked) == len(pairs):
        return content
    if not any(value == b"$ACADVER" for _, value in pairs):
        at = marked.index(_HEADER) + 1 if _HEADER in marked else 0
        marked[at:at] = _VERSION if at else [(b"0", b"SECTION"), _HEADER, *_VERSION, (b"0", b"ENDSEC")]
    return b"\n".join(chain.from_iterable(marked)).replace(b"AC1009", b"AC1015") + b"\n"
