"""Definitions of the numbers of a result, for the terminal, the page and reports."""

from __future__ import annotations

import math
from typing import Any

from fusiform.solvers.geometry.held_size import Held
from fusiform.solvers.grids import DRAG_ERRORS

CONFIDENCE_WARNING = 0.5
ROUNDING = 1e-9
GRID_ERRORS = ", ".join(f"{100.0 * error:g} % ({name})" for name, error in DRAG_ERRORS.items())
COEFFICIENTS = {
    Held.AREA: "C = F / (½ ρ U² d) per unit span, with d = √(4 A / π), the diameter of the circle of equal area A.",
    Held.VOLUME: "C = F / (½ ρ U² π d² / 4), with d = (6 V / π)^⅓, the diameter of the sphere of equal volume V.",
    Held.WETTED_AREA: "C = F / (½ ρ U² π d² / 4), with d = √(S / π), the diameter of the sphere of equal surface S.",
}
DIRECTIONS = {
    False: "Drag is along the stream, lift across it; the incidence turns the body, nose up.",
    True: "Drag and stream are along the axis.",
}
CONVENTIONS_OF = {held: f"{COEFFICIENTS[held]} Re = U d / ν. {DIRECTIONS[held.revolution]}" for held in Held}

TIP = "on both sides; the point is a sharp tip, where C_p is a matter of the tip's radius and is not resolved"

CHANGE = "from the level of elements below; its error is smaller for four bodies in five"

Row = tuple[str, str, str]

ESTIMATES = (
    "front_pressure_change",
    "base_pressure_change",
    "drag_error",
    "lift_error",
    "mean_drag_error",
    "drag_bound",
    "lift_bound",
    "corrected_drag_bound",
    "corrected_lift_bound",
)
SIZES = ("reference_length", "area", "volume", "wetted_area")
_DEFINITIONS = {
    "drag_coefficient": ("drag C_D", "pressure part + friction part"),
    "drag_pressure": ("  pressure part", "from the pressure on the wall"),
    "drag_friction": ("  friction part", "from the shear stress on the wall"),
    "lift_coefficient": ("lift C_L", "positive upwards"),
    "drag_error": ("error of C_D", "estimated size, of the elements and of the far field together"),
    "lift_error": ("error of C_L", "estimated likewise"),
    "mean_drag_coefficient": ("mean C_D", "of the unsteady flow, over whole periods of vortex shedding"),
    "mean_drag_error": ("  error of it", "change from the periods before, and of the steady drag by the elements"),
    "mean_lift_coefficient": ("mean C_L", "likewise"),
    "mean_lift_rms": ("rms of C_L", "root mean square about its mean; 0 if the flow is steady"),
    "mean_strouhal": ("Strouhal number", "f d / U, f the frequency of the lift"),
    "mean_periods": ("periods", "of vortex shedding that were computed"),
    "front_pressure_coefficient": ("front C_p", "at the front stagnation point; C_p = (p − p∞) / (½ ρ U²)"),
    "front_pressure_change": ("  change of it", CHANGE),
    "front_pressure_nearby": ("  0.05 d off it", TIP),
    "base_pressure_coefficient": ("base C_p", "at the rearmost point"),
    "base_pressure_change": ("  change of it", CHANGE),
    "base_pressure_nearby": ("  0.05 d off it", TIP),
    "recirculation_length": ("recirculation", "length of the closed wake behind the rearmost point, over d; 0 if none"),
    "separation_points": ("separation", "x/d, y/d at incidence: where the flow leaves the wall; if attached, the rear"),
    "attachment_points": ("attachment", "x/d, y/d at incidence: where it meets the wall"),
    "drag_bound": (
        "C_D error below",
        "95 of 100 bodies outside the training data keep it, in each part of the space",
    ),
    "lift_bound": ("C_L error below", "likewise"),
    "confidence": (
        "confidence",
        "1 where C_D's bound is up to 1 % of it, 0.5 where 2 %; 0 outside the trained range",
    ),
    "corrected_drag_coefficient": ("corrected C_D", "after updates of the predicted flow by the state inverse"),
    "corrected_lift_coefficient": ("corrected C_L", "likewise"),
    "corrected_drag_bound": (
        "  error below",
        "2.5 times its estimated error, the far field's bound, and more for a body that the model's modes fit poorly",
    ),
    "corrected_lift_bound": ("  error below", "likewise of the corrected C_L"),
    "flow_residual": (
        "flow residual",
        "of the equations at the predicted flow; in the plane 0.5 to 7 is usual",
    ),
    "corrected_flow_residual": ("  after correction", "the same at the corrected flow"),
    "stable": ("steady in nature", "yes if all small disturbances decay"),
    "growth_rate": ("growth rate", "of the leading disturbance, in U/d"),
    "strouhal": ("Strouhal number", "its frequency f d/U"),
    "critical_reynolds": (
        "critical Re",
        "based on d; above it disturbances grow; not given if there is none up to 1000",
    ),
    "reynolds": ("Reynolds number", "based on d"),
    "held": ("held", "the size that all bodies have in common, on whose d Reynolds number and coefficients are"),
    "alpha_deg": ("incidence", "degrees, nose up"),
    "reference_length": ("d", "in the body's own unit"),
    "area": ("area A", "inside the outline, in the body's own unit, squared"),
    "volume": ("volume V", "in the body's own unit, cubed"),
    "wetted_area": ("wetted area", "of the surface, in the body's own unit, squared"),
    "fit_error": ("fit error", "largest distance between the given outline and the body, over d"),
    "start_fit_error": ("fit error of the start", "largest distance between the given outline and its body, over d"),
    "grid": ("grid", f"estimated error of the drag: {GRID_ERRORS}; auto: the tolerance"),
    "tolerance": ("tolerance", "limit of the estimated relative error of the drag"),
    "elements": ("elements", "radial x angular, and the degrees of their polynomials, after refinement"),
    "accurate": ("accurate", "yes if the estimated errors are within the promise of the grid"),
    "model": ("model", "of the drag"),
    "solver_start_value": ("{symbol} of the start, solved", "by the solver"),
    "solver_best_value": ("{symbol} of the optimum, solved", "by the solver"),
    "solver_gain_percent": ("{change} of {quantity}, solved", "percent of the start's, by the solver"),
    "start_value": (
        "{symbol} of the start, modelled",
        "as the model predicts it, in the search; it satisfies all constraints",
    ),
    "best_value": ("{symbol} of the optimum, modelled", "as the model predicts it"),
    "gain_percent": ("{change} of {quantity}, modelled", "percent of the start's, as the model predicts both"),
    "evaluations": ("evaluations", "of the model, and of the solver while certifying, with gradient"),
    "solver_solves": ("flows solved", "by the solver, for all of it"),
    "kkt_residual": ("KKT residual", "of the optimality conditions, over the objective; the solver's if certified"),
    "certified": ("certified", "yes if they hold with the solver's own gradient"),
    "converged": ("converged", "yes if a steady flow was found: solved, not predicted"),
    "seconds": ("seconds", "wall-clock time"),
}


def _text(value: Any, digits: int, least: float) -> str:
    """Numbers up to `least` in size as 0; points in lines of their own, two numbers in one."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value if abs(value) > least else 0.0:.{digits}g}"
    if isinstance(value, list):
        points = value if all(isinstance(point, list) for point in value) else [value]
        return "\n".join(", ".join(f"{round(x, 3) + 0.0:.3f}" for x in point) for point in points)
    return str(value)


def _is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def rows(numbers: dict[str, Any]) -> list[Row]:
    """Name, value and definition of every known number that has a definition, in the order of the definitions.

    Names of an optimum's numbers have the `quantity` of its objective, its `symbol`, and the word for its `change`.
    """
    known = [(key, *words) for key, words in _DEFINITIONS.items() if _is_known(numbers.get(key))]
    names = {name: numbers.get(name) for name in ("quantity", "symbol", "change")}
    return [(label.format(**names), _text_of(key, numbers[key]), words) for key, label, words in known]


def _text_of(key: str, value: Any) -> str:
    """The number `key`; lengths and areas may be of any size."""
    return _text(value, 2 if key in ESTIMATES else 5, 0.0 if key in SIZES else ROUNDING)
