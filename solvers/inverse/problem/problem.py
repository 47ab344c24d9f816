"""An optimisation problem as data: body, design points, objective, constraints, and options of the search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.conditions import FlowConditions, require_along_axis
from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.inverse.problem.body_table import body_to_dict
from fusiform.solvers.inverse.problem.constraints.constraint import Constraint, ForceConstraint, ShapeConstraint
from fusiform.solvers.inverse.problem.constraints.convex import Convex
from fusiform.solvers.inverse.problem.constraints.marks import Role
from fusiform.solvers.inverse.problem.design_points import DesignPoint
from fusiform.solvers.inverse.problem.objectives import Drag, Objective
from fusiform.solvers.inverse.problem.registry import constraint_to_dict, objective_entry
from fusiform.solvers.inverse.problem.search_options import NO_GRID, OPTIONS, SearchOptions
from fusiform.solvers.inverse.problem.terminal_velocity import TerminalVelocity

if TYPE_CHECKING:
    from fusiform.solvers.geometry import Body

LEAST_REYNOLDS = 0.1  # where the wetted area is held


@dataclass(frozen=True)
class Problem(SearchOptions):
    """An optimisation problem: the body of equal size with the least objective, under constraints.

    Parameters
    ----------
    body : Body
        The start; the size `hold` of it is kept.
    points : tuple of DesignPoint
        The conditions, with weights; at least one.
    objective : Objective
        `Drag`, `LiftToDrag`, `TerminalVelocity`, `Nearest` or a `UserObjective`.
    constraints : tuple of ShapeConstraint
        Constraints on the shape.
    force_constraints : tuple of ForceConstraint
        Conditions on the force coefficients at the design points.
    hold : str
        "volume", in the plane the area, or "wetted_area" of a body of revolution: then d, on which Reynolds numbers and
        coefficients are, is the diameter of the sphere of that surface, √(S/π), and the body is `Convex`.
    min_confidence : float
        Least confidence of the surrogate at every point, 0 to 1.
    starts : int
        Local searches: one from the body, the others from the best of many random bodies.
    seed : int
        Seed of the random bodies, at least 0.
    max_iterations : int
        Most iterations of each search.
    tolerance : float
        Tolerance of SLSQP relative to the objective at the start, between 0 and 1.
    timeout : float, optional
        Seconds after which the run ends with the best body.
    certify : bool
        Go on with the flow solver until its own optimality conditions hold to `certify_tolerance`.
    certify_tolerance : float
        Largest relative residual of the optimality conditions of a certified optimum, positive.
    verify : str or None
        Grid on which the flow solver solves start and optimum in the end, "coarse", "standard" or "fine".

    Raises
    ------
    InputError
        If a number is out of its range, a constraint is in the wrong place, or there is no design point.

    Examples
    --------
    >>> from fusiform.solvers import Body, FlowConditions
    >>> from fusiform.solvers.inverse import DesignPoint, MaxLength, Problem
    >>> problem = Problem(
    ...     Body.circle(), (DesignPoint(FlowConditions(20.0)),), constraints=(MaxLength(1.8),), certify=True
    ... )
    >>> problem.objective.describe(), problem.needs_lift
    ('least drag', False)
    >>> problem.to_dict()["constraints"]
    [{'type': 'max_length', 'value': 1.8}]
    """

    body: Body
    points: tuple[DesignPoint, ...]
    objective: Objective = field(default_factory=Drag)
    constraints: tuple[ShapeConstraint, ...] = ()
    force_constraints: tuple[ForceConstraint, ...] = ()
    hold: str = "volume"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_kinds()
        require_points(self.points, self.force_constraints)
        require_hold(self.hold, [point.conditions.reynolds for point in self.points])
        require(
            self.body.revolution or self.hold == "volume",
            f"expected a body of revolution to hold its {Held(self.hold).words}, got a plane one; leave hold out",
        )
        if self.body.revolution:
            self._check_axis()
        if self.best_number is not None:
            self._check_fall()
        if self.held is Held.WETTED_AREA and Convex() not in self.constraints:
            object.__setattr__(self, "constraints", (*self.constraints, Convex()))

    @property
    def held(self) -> Held:
        """The size that is held."""
        return Held(self.hold) if self.body.revolution else Held.AREA

    @property
    def best_number(self) -> float | None:
        """C_D Re² of a body that falls by its weight, else None."""
        return self.objective.best_number if isinstance(self.objective, TerminalVelocity) else None

    def conditions_of(self, body: Body) -> tuple[FlowConditions, ...]:
        """The conditions of the design points with Reynolds numbers on the own d of a `body` of the held size."""
        own = self.held.own_size(body)
        return tuple(FlowConditions(own * p.conditions.reynolds, p.conditions.alpha_deg) for p in self.points)

    def _check_fall(self) -> None:
        require(
            len(self.points) == 1 and not self.force_constraints and self.min_confidence == 0.0,
            "expected one design point for a terminal speed, without conditions on forces or confidence, got more; "
            "leave them out",
        )

    def _check_axis(self) -> None:
        """Flows along the axis, without lift, and payloads that are symmetric about it."""
        require_along_axis(point.conditions for point in self.points)
        require(
            not self.needs_lift,
            "expected an objective and conditions on the drag alone for a body of revolution, got one on the lift, "
            "which is zero; leave it out",
        )
        for constraint in self.constraints:
            require(
                constraint.role is not Role.PAYLOAD or any(constraint.mirrors(c, 0.0) for c in self.constraints),
                "expected payloads that are symmetric about the axis of a body of revolution, got one with a body that "
                f"{constraint.describe()}; centre it at y = 0, or turn it along the axis",
            )

    def _check_kinds(self) -> None:
        from fusiform.solvers.geometry.body import require_body  # imports torch

        require_body(self.body)
        for constraint in self.constraints:
            require(
                isinstance(constraint, ShapeConstraint),
                f"expected constraints on the shape in `constraints`, got {constraint}; derive your own from "
                "ShapeConstraint; conditions on lift and drag go into `force_constraints`",
            )
            require(
                self.body.revolution or not constraint.axial,
                f"expected a body of revolution for a {constraint.describe()}, got a plane one; leave it out",
            )
        for condition in self.force_constraints:
            require(
                isinstance(condition, ForceConstraint),
                f"expected conditions on the forces in `force_constraints`, got {condition}; constraints on the shape "
                "go into `constraints`",
            )

    @property
    def needs_lift(self) -> bool:
        """True if the objective or a force constraint depends on the lift."""
        return self.objective.needs_lift or any(c.needs_lift for c in self.force_constraints)

    def with_constraints(self, added: Iterable[Constraint]) -> Self:
        """The problem with more constraints, on the shape or on the forces."""
        more = list(added)
        shape = [c for c in more if isinstance(c, ShapeConstraint)]
        forces = [c for c in more if isinstance(c, ForceConstraint)]
        return replace(
            self,
            constraints=(*self.constraints, *shape),
            force_constraints=(*self.force_constraints, *forces),
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values; of the user's own functions the name alone: such a problem can be looked at, not solved."""
        options = {name: getattr(self, name) for name in OPTIONS} | {"verify": self.verify or NO_GRID}
        return {
            "body": body_to_dict(self.body),
            "points": [asdict(p.conditions) | {"weight": p.weight} for p in self.points],
            **({} if self.hold == "volume" else {"hold": self.hold}),
            "objective": objective_entry(self.objective),
            "constraints": [constraint_to_dict(c) for c in (*self.constraints, *self.force_constraints)],
            "options": {key: value for key, value in options.items() if value is not None},
        }


def least_reynolds(hold: str) -> float:
    """The least Reynolds number of a problem, where `hold` is held; 0 where that of the flow is the only one."""
    return LEAST_REYNOLDS if hold == Held.WETTED_AREA else 0.0


def require_hold(hold: str, reynolds: Sequence[float]) -> None:
    """`InputError` unless `hold` names a size that can be held at all `reynolds` numbers."""
    choices = [held.value for held in (Held.VOLUME, Held.WETTED_AREA)]
    require(
        isinstance(hold, str) and hold in choices,
        f"expected {' or '.join(choices)} to hold, got {shown(hold)}; choose one",
    )
    least = least_reynolds(hold)
    lowest = min(reynolds, default=least)
    require(
        lowest >= least,
        f"expected a Reynolds number of at least {least:g} where the wetted area is held, got {lowest:g}; raise "
        "it, since the one on the sphere of the body's volume is lower",
    )


def require_points(points: Sequence[DesignPoint], conditions: Sequence[ForceConstraint]) -> None:
    """`InputError` unless there is a design point, and all `conditions` are at given points."""
    require(len(points) > 0, "expected at least one design point, got none; give a Reynolds number")
    for condition in conditions:
        require(
            isinstance(condition.point, int) and 0 <= condition.point < len(points),
            f"expected a design point of 0 to {len(points) - 1}, got {condition.point!r}; count from 0",
        )
