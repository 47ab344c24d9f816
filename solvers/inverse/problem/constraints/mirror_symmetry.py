"""Symmetry about the x axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fusiform.solvers.inverse.problem.constraints.constraint import ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.forms import Form
from fusiform.solvers.inverse.problem.constraints.marks import Line, Mark, Outline, Stroke

OVERHANG = 0.2  # in units of d


@dataclass(frozen=True)
class Symmetry(ShapeConstraint):
    """The body is symmetric about the x axis.

    It has no residual: the optimiser leaves out the imaginary parts of the body's coefficients.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Symmetry
    >>> Symmetry().describe()
    'symmetric about the x axis'
    """

    imposes_symmetry: ClassVar[bool] = True
    forms: ClassVar[tuple[Form, ...]] = (
        Form("Symmetry", "The body is symmetric about the x axis, also where the flow is not.", (), lambda body: {}),
    )

    def describe(self) -> str:
        return "symmetric about the x axis"

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        left, right, *_ = outline.box
        beyond = OVERHANG * outline.reference_length
        return (Line(complex(left - beyond), complex(right + beyond), Stroke.AXIS),)
