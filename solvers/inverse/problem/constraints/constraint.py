"""Bases of all constraints: on the shape, and on the forces.

A constraint class defines everything about it: its residual and the gain from relaxing it, its description, the
constraints that it contradicts, its marks on a drawing, its forms, and its table in a problem file. `registry.py` lists
the constraints that problem files, the page and the command line offer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

from fusiform.solvers.common.lazy_torch import torch
from fusiform.solvers.common.tables import from_table
from fusiform.solvers.inverse.problem.constraints.forms import Flag, Form, Sweep
from fusiform.solvers.inverse.problem.constraints.marks import Mark, Outline, Role

if TYPE_CHECKING:
    from torch import Tensor

    from fusiform.solvers.geometry import Body
    from fusiform.solvers.inverse.problem.trial_shape import Shape

LENGTH = "unit of length"


class Constraint:
    """Common base of the constraints on the shape and on the forces.

    `unit` names the unit of its limit. `forms`, `flag` and `sweep` offer it on the page, on the command line and to
    Pareto fronts. One that `imposes_symmetry` has no residual: the optimiser's variables alone keep it. An `axial` one
    is for bodies of revolution alone. Subclasses are frozen dataclasses; those with plain fields need no more than
    `describe` of the methods below.

    Examples
    --------
    >>> from fusiform.solvers.inverse import Lift, MaxLength
    >>> limits = [MaxLength(1.5), Lift(minimum=0.2)]
    >>> [(limit.describe(), limit.unit) for limit in limits]
    [('length at most 1.5', 'unit of length'), ('lift coefficient at least 0.2', 'C_L')]
    >>> limits[0].to_table()
    {'value': 1.5}
    """

    unit: ClassVar[str] = LENGTH
    role: ClassVar[Role] = Role.LIMIT
    forms: ClassVar[tuple[Form, ...]] = ()
    flag: ClassVar[Flag | None] = None
    sweep: ClassVar[Sweep | None] = None
    imposes_symmetry: ClassVar[bool] = False
    axial: ClassVar[bool] = False

    def describe(self) -> str:
        """The constraint in words, for reports."""
        raise NotImplementedError

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        """A sentence if no body of the area of `body` satisfies this and `others`, by their numbers alone, or None."""
        return None

    def marks(self, outline: Outline) -> tuple[Mark, ...]:
        """Its marks on a drawing of `outline`."""
        return ()

    def replaces(self, other: Constraint) -> bool:
        """True if this constraint takes the place of `other` in a sweep."""
        return type(self) is type(other)

    def to_table(self) -> dict[str, Any]:
        """Its entries in a problem file, without the type."""
        return {key: value for key, value in vars(self).items() if value is not None}

    @classmethod
    def from_table(cls, values: Mapping[str, Any], where: str) -> Self:
        """The constraint of `to_table`; `InputError` for unknown keys and wrong values, in `where`."""
        return from_table(cls, values, where)

    @classmethod
    def from_flag(cls, number: float) -> Self:
        """The constraint of its option on the command line; `InputError` for a number out of range."""
        assert cls.flag is not None
        return cls.from_table(cls.flag.entries(number), cls.flag.name)

    @classmethod
    def swept(cls, value: float) -> Self:
        """The constraint of a Pareto front with its limit at `value`; `InputError` for a value out of range."""
        assert cls.sweep is not None
        return cls.from_table(cls.sweep.entries(value), cls.sweep.name)


class ShapeConstraint(Constraint):
    """A constraint on the shape; the base of your own ones.

    `residual(shape, auxiliary)` (batch, m) is dimensionless, differentiable, and ≥ 0 where the constraint holds.
    `auxiliary` (batch, `auxiliaries`), in units of d, are variables of the optimiser that belong to the constraint,
    such as the centre of a box, so that extents are bounded without the kinks of a maximum; `start(shape)` gives their
    values for given bodies. `rate(d)` is ∂residual/∂limit, limit in `unit`: a multiplier λ of the residual says that
    relaxing the limit by one unit gains λ · rate. With a `positional` one the optimiser may also move the body.

    Examples
    --------
    Every point of the body is at most `value` above or below the x axis:

    >>> from dataclasses import dataclass
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import ShapeConstraint, minimize_drag
    >>> from fusiform.surrogates import load_surrogate
    >>> @dataclass(frozen=True)
    ... class Strip(ShapeConstraint):
    ...     value: float
    ...
    ...     def describe(self):
    ...         return f"within {self.value:g} of the axis"
    ...
    ...     def residual(self, shape, auxiliary):
    ...         return (self.value - shape.points.imag.abs()) / shape.reference_length
    >>> best = minimize_drag(
    ...     Body.circle(), FlowConditions(10.0), model=load_surrogate(), constraints=Strip(0.2), verify=None
    ... )
    >>> best.constraints[0].description, best.constraints[0].active, round(best.body.height, 3)
    ('within 0.2 of the axis', True, 0.4)
    """

    auxiliaries: ClassVar[int] = 0
    positional: ClassVar[bool] = False

    def mirrors(self, other: ShapeConstraint, axis: float) -> bool:
        """True if `other` holds for a body exactly if this constraint holds for its mirror image about y = `axis`."""
        return self == other

    def centres(self) -> tuple[complex, ...]:
        """Points about which a body that satisfies the constraint may be expected to stand."""
        return ()

    def start(self, shape: Shape) -> Tensor:
        """Values of the auxiliaries for given bodies, (batch, auxiliaries)."""
        return shape.points.real[:, :0]

    def residual(self, shape: Shape, auxiliary: Tensor) -> Tensor:
        """≥ 0 where the constraint holds, (batch, m)."""
        return shape.points.real[:, :0]

    def slack(self, shape: Shape) -> Tensor:
        """The least residual in units of the limit, (batch,); infinite if there is none."""
        residual = self.residual(shape, self.start(shape))
        infinite = torch.full_like(residual[:, :1], math.inf)
        return torch.cat([residual, infinite], dim=1).amin(1) / self.rate(shape.reference_length)

    def rate(self, reference_length: float) -> float:
        """|∂residual/∂limit|."""
        return 1.0 / reference_length

    def easing(self, shape: Shape) -> float:
        """The rise of the residual for each unit that eases the limit, at one body: the rate, if it is the same for all
        bodies."""
        return self.rate(shape.reference_length)


class ForceConstraint(Constraint):
    """A condition on a force coefficient at design point number `point`, counted from 0.

    `residual(drag, lift)` (r,) of the coefficients (m,) at the m design points is ≥ 0 where the condition holds, or = 0
    if it is an `equality`. `bounds` are the least and the greatest value of the `coefficient`.

    Examples
    --------
    The nearest body whose drag is at most `value`:

    >>> import math
    >>> from dataclasses import dataclass
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import DesignPoint, ForceConstraint, Nearest, Problem, optimize
    >>> from fusiform.surrogates import load_surrogate
    >>> @dataclass(frozen=True)
    ... class DragAtMost(ForceConstraint):
    ...     value: float
    ...     point: int = 0
    ...     unit, coefficient, needs_lift = "C_D", "drag", False
    ...
    ...     @property
    ...     def bounds(self):
    ...         return -math.inf, self.value
    ...
    ...     def describe(self):
    ...         return f"drag coefficient at most {self.value:g}"
    ...
    ...     def residual(self, drag, lift):
    ...         return (self.value - drag[self.point])[None]
    >>> points = (DesignPoint(FlowConditions(10.0)),)
    >>> problem = Problem(Body.circle(), points, Nearest(), force_constraints=(DragAtMost(2.6),), verify=None)
    >>> round(optimize(problem, model=load_surrogate()).predicted_drag_coefficient, 3)
    2.6
    """

    coefficient: ClassVar[str]
    needs_lift: ClassVar[bool]
    point: int

    @property
    def equality(self) -> bool:
        """True if the coefficient is prescribed."""
        low, high = self.bounds
        return low == high

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest value, infinite where there is no bound."""
        raise NotImplementedError

    def residual(self, drag: Tensor, lift: Tensor) -> Tensor:
        """≥ 0 where the condition holds, or = 0 for an equality, (r,)."""
        raise NotImplementedError

    def replaces(self, other: Constraint) -> bool:
        return super().replaces(other) and isinstance(other, ForceConstraint) and self.point == other.point

    def contradiction(self, body: Body, others: Sequence[Constraint]) -> str | None:
        same = [c for c in others if isinstance(c, ForceConstraint) and c.coefficient == self.coefficient]
        bounds = [c.bounds for c in (self, *same) if c.point == self.point]
        low, high = max(b[0] for b in bounds), min(b[1] for b in bounds)
        if low <= high:
            return None
        return f"the {self.coefficient} coefficient cannot be at least {low:g} and at most {high:g} at once"
