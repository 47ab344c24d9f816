"""The least radius of curvature, everywhere or at an end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.geometry.limits import require_length
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.extents import Extent
from fusiform.solvers.inverse.problem.constraints.forms import Flag, Form, limit, rounded
from fusiform.solvers.inverse.problem.constraints.marks import Disc, Fill, Label, Mark, Outline

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry import Body
    from fusiform.solvers.inverse.problem.trial_shape import Shape

LABEL_GAP = 0.08  # in units of d
ENDS = ("nose", "tail")


def _end_form(end: str) -> Form:
    return Form(
        f"Least radius of the {end}",
        f"The {end} is no sharper than this radius of curvature.",
        limit(f"Least radius of curvature at the {end}."),
        lambda body: {"value": rounded(0.1 * body.reference_length)},
        f"min_radius_{end}",
        {"end": end},
    )


@dataclass(frozen=True)
class MinRadius(ShapeConstraint):
    """No edge, convex or concave, is sharper than the radius of curvature `value`: |κ| value ≤ 1.

    Parameters
    ----------
    value : float
        Least radius of curvature, positive, in the body's own unit; at most d/2 if it holds everywhere.
    end : str, optional
        "nose" or "tail": the radius there alone, around an axis on the axis. Without it, everywhere on the outline.

    Raises
    ------
    InputError
        If `value` is not a positive number, or for another end.

    Examples
    --------
    >>> from fusiform.solvers import Body
    >>> from fusiform.solvers.inverse import MinRadius
    >>> MinRadius(0.05).describe()
    'radius of curvature at least 0.05'
    >>> MinRadius(0.2, end="tail").describe()
    'radius of curvature at least 0.2 at the tail'
    >>> MinRadius(0.4).contradiction(Body.circle(), []) is None
    True
    """

    value: float
    end: str | None = None
    forms: ClassVar[tuple[Form, ...]] = (
        *(_end_form(end) for end in ENDS),
        Form(
            "Least radius",
            "No edge is sharper than this radius of curvature.",
            limit("Least radius of curvature anywhere on the wall."),
            lambda body: {"value": rounded(0.05 * body.reference_length)},
        ),
    )
    flag: ClassVar[Flag | None] = Flag("min_radius")

    def __post_init__(self) -> None:
        require_length(self.value, "radius", "give a length")
        require(
            self.end is None or (isinstance(self.end, str) and self.end in ENDS),
            f"expected the nose or the tail as an end, got {shown(self.end)}; leave it out for the whole outline",
        )

    def describe(self) -> str:
        return f"radius of curvature at least {self.value:g}{'' if self.end is None else f' at the {self.end}'}"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        if self.end is not None:
            return 1.0 - self.value * shape.end_curvature(self.end)
        bend = self.value * shape.curvature
        return torch.cat([1.0 - bend, 1.0 + bend], dim=1)

    def slack(self, shape: Shape) -> Tensor:
        if self.end is not None:
            bend = shape.end_curvature(self.end)[:, 0]
            return torch.where(bend > 0.0, 1.0 / bend, torch.full_like(bend, math.inf)) - self.value
        return 1.0 / shape.curvature.abs().amax(1) - self.value

    def rate(self, reference_length: float) -> float:
        return 1.0 / self.value

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        if self.end is not None:
            return None
        circle = (
            f"an outline whose radius of curvature is nowhere below {self.value:g} contains a circle of that radius"
        )
        if self.value > 0.5 * body.reference_length:
            return f"{circle}, which has more than the body's {'volume' if body.revolution else 'area'}"
        for extent in (c for c in others if isinstance(c, Extent)):
            if 2.0 * self.value > extent.value:
                return f"{circle}, which does not fit into a {extent.describe()}"
        return None

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        """The circle of the least radius, in the nose or the tail."""
        if self.end == "tail":
            tip, inwards = complex(outline.points[int(outline.points.real.argmax())]), -self.value
        else:
            tip, inwards = complex(outline.points[int(outline.points.real.argmin())]), self.value
        left, _, _, top = outline.box
        label = Label(complex(left, top + LABEL_GAP * outline.reference_length), f"radius ≥ {self.value:g}")
        return Disc(tip + inwards, self.value, Fill.MEASURE), label
