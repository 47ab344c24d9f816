"""An optimisation problem as data: body, design points, objective, constraints, and how hard to look.

`problem_from` and `Problem.to_dict` read and write plain values, for TOML problem files and for JSON.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import torch

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.conditions import FlowConditions
from fusiform.solvers.flow import ACCURACIES
from fusiform.solvers.geometry import Body, load_body
from fusiform.solvers.inverse.problem.containment import KeepOut, Payload
from fusiform.solvers.inverse.problem.objectives import (
    DesignPoint,
    Drag,
    DragEquals,
    ForceConstraint,
    Lift,
    LiftToDrag,
    Nearest,
    Objective,
    UserObjective,
)
from fusiform.solvers.inverse.problem.regions import Circle, Rectangle
from fusiform.solvers.inverse.problem.shape_constraints import (
    Constraint,
    MaxHeight,
    MaxLength,
    MaxPerimeter,
    MinRadius,
    MinThickness,
    Symmetry,
    UserConstraint,
    WedgeAngle,
)

OBJECTIVES = {"drag": Drag, "lift_to_drag": LiftToDrag, "nearest": Nearest}
CONSTRAINTS = {
    "max_length": MaxLength,
    "max_height": MaxHeight,
    "min_thickness": MinThickness,
    "max_perimeter": MaxPerimeter,
    "min_radius": MinRadius,
    "wedge_angle": WedgeAngle,
    "payload": Payload,
    "keep_out": KeepOut,
    "symmetry": Symmetry,
    "lift": Lift,
    "drag": DragEquals,
}
KEYS = {"body", "reynolds", "alpha_deg", "points", "objective", "constraints", "options"}
FUNCTION = "function: "
NO_GRID, LARGEST = "none", 10**15
PROBLEM_SUFFIXES = (".toml", ".json")
PLAIN: dict[str, tuple[tuple[type, ...], str]] = {
    "float": ((int, float), "a number"),
    "int": ((int,), "a whole number"),
    "str": ((str,), "a text"),
    "bool": ((bool,), "true or false"),
}
REGIONS: dict[str, Any] = {"circle": Circle, "rectangle": Rectangle}


@dataclass(frozen=True)
class Problem:
    """What to optimise.

    `points`: the conditions, with weights; `constraints` on the shape, `force_constraints` on the coefficients at the
    points. `min_confidence` of the surrogate at every point, 0 to 1. `starts` local searches, from the body and from
    the best of many random bodies (`seed`). `tolerance` is SLSQP's, relative to the objective at the start;
    `max_iterations` of each search; `timeout` in seconds (None: none) ends the run with the best body. `certify`: go on
    with the solver until its own optimality conditions hold to `certify_tolerance`. `verify`: the grid on which the
    solver solves start and optimum in the end, or None.
    """

    body: Body
    points: tuple[DesignPoint, ...]
    objective: Objective = field(default_factory=Drag)
    constraints: tuple[Constraint, ...] = ()
    force_constraints: tuple[ForceConstraint, ...] = ()
    min_confidence: float = 0.0
    starts: int = 1
    seed: int = 0
    max_iterations: int = 80
    tolerance: float = 1e-7
    timeout: float | None = None
    certify: bool = False
    certify_tolerance: float = 1e-3
    verify: str | None = "fine"

    def __post_init__(self) -> None:
        require(
            self.max_iterations >= 1 and 0 < self.tolerance < 1,
            f"expected at least one iteration and a tolerance between 0 and 1, got {self.max_iterations} and "
            f"{self.tolerance}; choose for example 80 and 1e-7",
        )
        require(len(self.points) > 0, "expected at least one design point, got none; give a Reynolds number")
        require(
            self.starts >= 1 and self.seed >= 0 and 0.0 <= self.min_confidence <= 1.0 and self.certify_tolerance > 0.0,
            f"expected at least one start, a seed of at least 0, a confidence from 0 to 1 and a positive tolerance, "
            f"got {self.starts}, {self.seed}, {self.min_confidence} and {self.certify_tolerance}; correct them",
        )
        require(
            self.timeout is None or (math.isfinite(self.timeout) and self.timeout > 0.0),
            f"expected a positive timeout in seconds, got {self.timeout}; leave it out for none",
        )
        require(
            self.verify is None or self.verify in ACCURACIES,
            f"expected a grid of {', '.join(ACCURACIES)} to verify on, got {self.verify!r}; choose one",
        )
        for constraint in self.constraints:
            require(
                hasattr(constraint, "positional"),
                f"expected constraints on the shape in `constraints`, got {constraint}; conditions on lift and drag go "
                "into `force_constraints`",
            )
        for condition in self.force_constraints:
            require(
                0 <= condition.point < len(self.points),
                f"expected a design point of 0 to {len(self.points) - 1}, got {condition.point}; count from 0",
            )

    @property
    def needs_lift(self) -> bool:
        """Whether the objective or a force constraint looks at the lift."""
        return self.objective.needs_lift or any(c.needs_lift for c in self.force_constraints)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; of the user's own functions the name alone: such a problem can be looked at, not solved."""
        options = {name: getattr(self, name) for name in OPTIONS} | {"verify": self.verify or NO_GRID}
        return {
            "body": body_to_dict(self.body),
            "points": [asdict(p.conditions) | {"weight": p.weight} for p in self.points],
            "objective": _name_of(self.objective, OBJECTIVES),
            "constraints": [_to_dict(c) for c in (*self.constraints, *self.force_constraints)],
            "options": {key: value for key, value in options.items() if value is not None},
        }


OPTIONS = (
    "min_confidence",
    "starts",
    "seed",
    "max_iterations",
    "tolerance",
    "timeout",
    "certify",
    "certify_tolerance",
    "verify",
)


def _name_of(thing: object, table: Mapping[str, type]) -> str:
    if isinstance(thing, UserConstraint | UserObjective):
        return f"{FUNCTION}{thing.name}"
    known = [name for name, kind in table.items() if type(thing) is kind]
    return known[0] if known else f"{FUNCTION}{getattr(thing, 'describe', lambda: type(thing).__name__)()}"


def _to_dict(constraint: object) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _name_of(constraint, CONSTRAINTS)}
    for key, value in vars(constraint).items():
        if key in ("function", "name") or value is None:
            continue
        if is_dataclass(value):
            found |= {"shape": _name_of(value, REGIONS), **vars(value)}
        else:
            found[key] = value
    return found


def body_to_dict(body: Body) -> dict[str, Any]:
    """The body as plain values."""
    return {
        "name": body.name,
        "reference_length": body.reference_length,
        "origin": [body.origin.real, body.origin.imag],
        "fit_error": body.fit_error,
        "coefficients": [[a.real, a.imag] for a in body.coefficients.tolist()],
    }


def body_from(value: str | Mapping[str, Any], folder: Path) -> Body:
    """The body of `body_to_dict`, or of a name or path as on the command line, relative to `folder`."""
    if isinstance(value, str):
        beside = folder / value
        return load_body(str(beside) if beside.is_file() else value)
    try:
        pairs = [complex(*pair) for pair in value["coefficients"]]
        return Body(
            torch.tensor(pairs, dtype=torch.complex128),
            reference_length=float(value["reference_length"]),
            name=str(value["name"]),
            fit_error=float(value.get("fit_error", 0.0)),
            origin=complex(*value.get("origin", (0.0, 0.0))),
        )
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            "expected a body as a name, a path, or a table of coefficients and reference_length, got something else "
            f"({error}); see assets/problems for examples"
        ) from error


def problem_from(values: Mapping[str, Any], folder: Path) -> Problem:
    """The problem of plain values, as in a TOML file; paths are relative to `folder`.

    Keys: body; reynolds and alpha_deg, or points; objective; constraints; options. `InputError` for anything else.
    """
    _only(values, KEYS, "the problem")
    require("body" in values, 'expected a body in the problem, got none; write for example body = "circle"')
    require(
        ("reynolds" in values) != ("points" in values),
        "expected either reynolds or [[points]], got both or none; write for example reynolds = 10",
    )
    require(
        "points" not in values or "alpha_deg" not in values,
        "expected alpha_deg in each of the [[points]], got it beside them; move it",
    )
    single = {key: values[key] for key in ("reynolds", "alpha_deg") if key in values}
    points = tuple(_point(entry) for entry in _tables(values.get("points", [single]), "points"))
    found = [_constraint(entry) for entry in _tables(values.get("constraints", []), "constraints")]
    objective = values.get("objective", "drag")
    own = isinstance(objective, str) and objective.startswith(FUNCTION)
    require(
        own or (isinstance(objective, str) and objective in OBJECTIVES),
        f"expected an objective of {', '.join(OBJECTIVES)}, got {objective!r}; choose one",
    )
    _only(values.get("options", {}), set(OPTIONS), "options")
    options = {k: None if (k, v) == ("verify", NO_GRID) else v for k, v in values.get("options", {}).items()}
    return _built(
        Problem,
        {
            "body": body_from(values["body"], folder),
            "points": points,
            "objective": UserObjective(objective.removeprefix(FUNCTION), _lost) if own else OBJECTIVES[objective](),
            "constraints": tuple(c for c in found if not isinstance(c, Lift | DragEquals)),
            "force_constraints": tuple(c for c in found if isinstance(c, Lift | DragEquals)),
            **options,
        },
        "options",
    )


def _tables(value: Any, name: str) -> Sequence[Mapping[str, Any]]:
    good = isinstance(value, list) and all(isinstance(entry, Mapping) for entry in value)
    require(good, f"expected [[{name}]] to be tables, got {value!r}; see assets/problems for examples")
    tables: Sequence[Mapping[str, Any]] = value
    return tables


def _only(values: Any, known: set[str], name: str) -> None:
    require(isinstance(values, Mapping), f"expected a table for {name}, got {values!r}; see assets/problems")
    unknown = sorted(set(values) - known)
    require(
        not unknown,
        f"expected the keys {', '.join(sorted(known))} in {name}, got {', '.join(unknown)}; check the spelling",
    )


def _built(kind: Any, arguments: Mapping[str, Any], name: str) -> Any:
    """kind(**arguments), any mismatch as a sentence."""
    types = {f.name: str(f.type) for f in fields(kind)}
    for key, value in arguments.items():
        wanted = types.get(key, "").split(" |")[0]
        if wanted in PLAIN and not (value is None and "None" in types[key]):
            allowed, words = PLAIN[wanted]
            right = isinstance(value, allowed) and isinstance(value, bool) == (wanted == "bool")
            right = right and not (isinstance(value, int) and abs(value) > LARGEST)
            require(right, f"expected {key} of {name} to be {words}, got {value!r}; correct it")
    try:
        return kind(**arguments)
    except TypeError as error:
        missing = [f.name for f in fields(kind) if f.name not in arguments]
        raise InputError(
            f"expected {name} with {', '.join(f.name for f in fields(kind))}, got none of {', '.join(missing)}; "
            "see assets/problems for examples"
        ) from error


def _point(entry: Mapping[str, Any]) -> DesignPoint:
    _only(entry, {"reynolds", "alpha_deg", "weight"}, "a design point")
    conditions = _built(FlowConditions, {key: entry[key] for key in entry if key != "weight"}, "a design point")
    weight = {"weight": entry["weight"]} if "weight" in entry else {}
    point: DesignPoint = _built(DesignPoint, {"conditions": conditions, **weight}, "a design point")
    return point


def _lost(*_: Any) -> Any:
    raise InputError(
        "expected a function of your own, got its name from a file; give the problem in Python again to solve it"
    )


def _constraint(entry: Mapping[str, Any]) -> Any:
    kind = entry.get("type")
    if isinstance(kind, str) and kind.startswith(FUNCTION):
        return UserConstraint(kind.removeprefix(FUNCTION), _lost)
    require(
        isinstance(kind, str) and kind in CONSTRAINTS,
        f"expected a constraint type of {', '.join(CONSTRAINTS)}, got {kind!r}; choose one",
    )
    arguments = {key: value for key, value in entry.items() if key != "type"}
    made = CONSTRAINTS[str(kind)]
    if issubclass(made, Payload):
        shape = arguments.pop("shape", "rectangle")
        require(
            isinstance(shape, str) and shape in REGIONS,
            f"expected a shape of {', '.join(REGIONS)}, got {shape!r}; choose one",
        )
        names = {f.name for f in fields(REGIONS[shape])}
        region = {key: arguments.pop(key) for key in list(arguments) if key in names}
        _only(arguments, {"clearance"}, str(kind))
        arguments["region"] = _built(REGIONS[shape], region, shape)
    else:
        _only(arguments, {f.name for f in fields(made)}, str(kind))  # type: ignore[arg-type]
    return _built(made, arguments, str(kind))


def read_problem(path: Path) -> Problem:
    """The problem in a .toml file (assets/problems has examples) or in a .json project file; `InputError` otherwise."""
    require(
        path.suffix.lower() in PROBLEM_SUFFIXES,
        f"expected a problem file ending in {' or '.join(PROBLEM_SUFFIXES)}, got {path.name}; rename it",
    )
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text) if path.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise InputError(
            f"expected a readable problem file, got {path.name} ({error}); see assets/problems for examples"
        ) from error
    if path.suffix.lower() == ".json":
        require(
            isinstance(values, dict) and "problem" in values,
            f"expected a project file with a problem, got {path.name} without one; save a project first",
        )
        values = values["problem"]
    return problem_from(values, path.parent)
