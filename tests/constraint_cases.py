"""The one table of constraints for the tests of them, a line each."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from fusiform.solvers import Body
from fusiform.solvers.inverse import (
    Circle,
    Cone,
    Constraint,
    Convex,
    Cylinder,
    DragEquals,
    KeepOut,
    Lift,
    MaxHeight,
    MaxLength,
    MaxPerimeter,
    MaxWettedArea,
    MinBase,
    MinRadius,
    MinThickness,
    Payload,
    Rectangle,
    Sphere,
    Symmetry,
    WedgeAngle,
)

ROUND = torch.tensor([0.5, 0.06 + 0.05j, 0.01, 0.01j, *8 * [0.0]], dtype=torch.complex128)
BODY = Body(ROUND, 0.6, "round", origin=0.4 + 0.01j)


@dataclass(frozen=True)
class Case:
    """A constraint on `BODY`: the names of its `grips`, how many `marks` it has, and constraints that are
    `impossible` together, with the words of the sentence that says so. `tight` makes it active at an optimum: the
    constraint of a limit, the limit, and a small change that eases it."""

    constraint: Constraint
    grips: set[str] = field(default_factory=set)
    marks: int = 0
    impossible: tuple[Constraint, ...] = ()
    words: str = ""
    tight: tuple[Callable[[float], Constraint], float, float] | None = None


# One line for each constraint that problem files know; all that the tests ask of each follows from it.
CASES = [
    Case(
        MaxLength(1.1),
        {"value"},
        4,
        (MaxLength(1.0), MaxHeight(0.2)),
        "holds an area of 0.2",
        tight=(MaxLength, 1.5, 0.01),
    ),
    Case(
        MaxHeight(0.2),
        {"value"},
        4,
        (MaxHeight(0.2), MaxLength(1.0)),
        "holds an area of 0.2",
        tight=(MaxHeight, 0.45, 0.005),
    ),
    Case(
        MinThickness(0.05),
        set(),
        6,
        (MinThickness(0.3), MaxHeight(0.2)),
        "does not fit into a height",
        tight=(MinThickness, 0.55, -0.004),
    ),
    Case(
        MinThickness(0.1, at=0.3),
        {"value", "at"},
        4,
        (MinThickness(0.3, 0.3), MaxHeight(0.2)),
        "does not fit",
        tight=(lambda v: MinThickness(v, at=0.3), 0.7, -0.005),
    ),
    Case(
        MaxPerimeter(2.2),
        set(),
        0,
        (MaxPerimeter(1.8),),
        "no outline shorter than the circle's",
        tight=(MaxPerimeter, 3.4, 0.01),
    ),
    Case(
        MinRadius(0.01), set(), 2, (MinRadius(0.4),), "contains a circle of that radius", tight=(MinRadius, 0.1, -0.001)
    ),
    Case(WedgeAngle("tail", maximum=40.0), tight=(lambda v: WedgeAngle("tail", minimum=v), 70.0, -0.5)),
    Case(WedgeAngle("nose", minimum=20.0, maximum=120.0)),
    Case(
        Payload(Rectangle(0.4, 0.02, 0.2, 0.05, 5.0)),
        {"move", "size"},
        2,
        (Payload(Rectangle(0.4, 0.0, 0.2, 0.05)), MaxLength(0.1)),
        "longer or higher than 0.1",
        tight=(lambda v: Payload(Rectangle(0.1, 0.0, 1.1, 0.4), v), 0.025, -0.002),
    ),
    Case(
        Payload(Circle(0.3, 0.0, 0.03), 0.005),
        {"move", "size"},
        3,
        (Payload(Circle(0, 0, 1.0)),),
        "cannot hold",
        tight=(lambda v: Payload(Circle(-0.3, 0.0, 0.3), v), 0.05, -0.002),
    ),
    Case(
        KeepOut(Circle(1.3, 0.0, 0.1)),
        {"move", "size"},
        2,
        (KeepOut(Circle(0, 0, 0.2)), Payload(Circle(0, 0, 0.1))),
        "cannot be one that stays clear",
    ),
    Case(
        KeepOut(Rectangle(1.3, 0.0, 0.1, 0.2), 0.05),
        {"move", "size"},
        3,
        tight=(lambda v: KeepOut(Rectangle(0.8, 0.0, 0.4, 0.3), v), 0.05, -0.002),
    ),
    Case(MinRadius(0.01, end="nose"), set(), 2),
    Case(MinRadius(0.01, end="tail"), set(), 2, tight=(lambda v: MinRadius(v, end="tail"), 0.25, -0.002)),
    Case(
        MinBase(0.1),
        set(),
        2,
        (MinBase(0.3), MaxHeight(0.25)),
        "does not fit into a height at most 0.25",
        tight=(MinBase, 0.4, -0.004),
    ),
    Case(MaxWettedArea(4.0)),
    Case(Payload(Sphere(0.4, 0.05)), {"move", "size"}, 2),
    Case(Payload(Cylinder(0.4, 0.2, 0.05), 0.005), {"move", "size"}, 3),
    Case(Payload(Cone(0.4, 0.2, 0.0, 0.05)), {"move", "size", "rear"}, 3),
    Case(KeepOut(Cone(1.3, 0.2, 0.1, 0.0)), {"move", "size", "rear"}, 3),
    Case(Convex()),
    Case(Symmetry(), set(), 1),
    Case(
        Lift(0.2, 0.5),
        set(),
        0,
        (Lift(0.2), Lift(None, 0.1)),
        "cannot be at least 0.2 and at most 0.1 at once",
        tight=(Lift, 0.6, -0.005),
    ),
    Case(Lift(0.5, 0.5), tight=(lambda v: Lift(v, v), 0.6, -0.005)),
    Case(DragEquals(2.5), set(), 0, (DragEquals(2.5), DragEquals(2.6)), "the drag coefficient cannot be at least"),
]
