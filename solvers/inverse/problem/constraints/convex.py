"""A convex outline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fusiform.solvers.inverse.problem.constraints.constraint import ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.forms import Form

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.inverse.problem.trial_shape import Shape


@dataclass(frozen=True)
class Convex(ShapeConstraint):
    """The outline is convex: its tangent turns nowhere backwards, dθ/dη = κ |z_η| ≥ 0.

    A problem that holds the wetted area has it: folds add surface and little drag, and without it a search ends with a
    body that is all folds.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Convex
    >>> Convex().describe()
    'convex outline'
    """

    unit: ClassVar[str] = ""
    forms: ClassVar[tuple[Form, ...]] = (Form("Convex", "The outline has no hollows.", (), lambda body: {}),)

    def describe(self) -> str:
        return "convex outline"

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        return shape.curvature * shape.normals.abs()

    def rate(self, reference_length: float) -> float:
        return 1.0
