"""Curves as Bézier pieces.

A piece is the tuple of its 2 to 4 control points, complex x + iy: a straight side, a quadratic or a cubic Bézier curve.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from fusiform.solvers.common.errors import require

Piece = tuple[complex, ...]

MAX_PIECES = 100_000


@dataclass(frozen=True)
class Curve:
    """Pieces that follow each other, the names by which they can be chosen, and the number of their element.

    The first name is the one for sentences: a layer, or an id. `fill` is "white" for white without a stroke,
    "color" for other colours, and "" for outlines.
    """

    pieces: tuple[Piece, ...]
    names: tuple[str, ...] = ()
    element: int = 0
    fill: str = ""

    @property
    def ends(self) -> tuple[complex, complex]:
        return self.pieces[0][0], self.pieces[-1][-1]

    @property
    def length(self) -> float:
        """Of the control polygons."""
        return sum(abs(b - a) for piece in self.pieces for a, b in pairwise(piece))

    def closed(self) -> Curve:
        """The curve with a straight side from its end to its start, if they differ."""
        start, end = self.ends
        return self if start == end else replace(self, pieces=(*self.pieces, (end, start)))

    def moved(self, start: complex, end: complex) -> Curve:
        """The curve between other ends."""
        pieces = list(self.pieces)
        pieces[0] = (start, *pieces[0][1:])
        pieces[-1] = (*pieces[-1][:-1], end)
        return replace(self, pieces=tuple(pieces))


@dataclass(frozen=True)
class Drawing:
    """The visible curves of a drawing, or of a section of a mesh.

    Parameters
    ----------
    curves : list of Curve
    kind, called : str
        Words for sentences: of the drawing, and of the names of its curves.
    page : tuple of float or None
        x0, y0, x1, y1 of the page.
    unread : tuple of str
        Kinds of elements that may bound areas and are not read.
    hidden : int
        How many elements cannot be seen.
    frames : bool
        True if an upright rectangle around other curves may be the frame of the drawing.
    divided : bool
        True if long straight sides get points on the way, so that smooth curves through all points keep them straight.
    """

    curves: list[Curve]
    kind: str = "a drawing"
    called: str = "part"
    page: tuple[float, float, float, float] | None = None
    unread: tuple[str, ...] = ()
    hidden: int = 0
    frames: bool = False
    divided: bool = True


def require_pieces(count: int) -> None:
    """Raise `InputError` for more pieces than a drawing of a body needs: tens of thousands take seconds to join."""
    require(count <= MAX_PIECES, f"expected at most {MAX_PIECES} pieces of curves, got more; keep the outline alone")


def polyline(points: Iterable[complex], *names: str, element: int = 0) -> Curve:
    """Straight sides through at least two `points`."""
    return Curve(tuple(pairwise(points)), names, element)
