"""What a person designs, as plain data: a body at a flow condition, its history for undo, and its text for a link."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.outline_fitting import MODES_RANGE

STEPS_KEPT = 100
LONGEST_NAME = 40


@dataclass(frozen=True)
class Design:
    """A body and its conditions; `coefficients` a_k, lengths in the user's unit, as in `Body`."""

    name: str
    coefficients: tuple[complex, ...]
    reference_length: float
    origin: complex
    fit_error: float
    reynolds: float
    alpha_deg: float

    @classmethod
    def of(cls, body: Body, conditions: FlowConditions) -> Design:
        """`body` as it was opened."""
        return cls(
            name=body.name,
            coefficients=tuple(body.coefficients.tolist()),
            reference_length=body.reference_length,
            origin=body.origin,
            fit_error=body.fit_error,
            reynolds=conditions.reynolds,
            alpha_deg=conditions.alpha_deg,
        )

    @property
    def body(self) -> Body:
        """The body."""
        a = torch.tensor(self.coefficients, dtype=torch.complex128)
        return Body(a, self.reference_length, self.name, self.fit_error, self.origin)

    @property
    def conditions(self) -> FlowConditions:
        """The conditions."""
        return FlowConditions(self.reynolds, self.alpha_deg)

    def reshaped(self, body: Body) -> Design:
        """This design with the shape of `body`."""
        return replace(self, coefficients=tuple(body.coefficients.tolist()), origin=body.origin)


@dataclass(frozen=True)
class History:
    """Designs in the order in which they were made; `place` is the present one's."""

    steps: tuple[Design, ...]
    place: int = 0

    @property
    def present(self) -> Design:
        """The design as it is now."""
        return self.steps[self.place]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier step."""
        return self.place > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back."""
        return self.place < len(self.steps) - 1

    def then(self, design: Design) -> History:
        """With `design` as the present one; what was taken back is forgotten."""
        if design == self.present:
            return self
        steps = (*self.steps[: self.place + 1], design)[-STEPS_KEPT:]
        return History(steps, len(steps) - 1)

    def undone(self) -> History:
        """One step back."""
        return replace(self, place=max(self.place - 1, 0))

    def redone(self) -> History:
        """One step forward."""
        return replace(self, place=min(self.place + 1, len(self.steps) - 1))


def to_link(design: Design) -> dict[str, str]:
    """Parameters of an address that open `design` again, its coefficients rounded to single precision."""
    a = np.trim_zeros(np.array(design.coefficients), "b").astype(np.complex64)
    return {
        "body": base64.urlsafe_b64encode(a.tobytes()).decode().rstrip("="),
        "modes": str(len(design.coefficients)),
        "name": design.name,
        "d": f"{design.reference_length:.9g}",
        "re": f"{design.reynolds:g}",
        "alpha": f"{design.alpha_deg:g}",
    }


def from_link(parameters: Mapping[str, str]) -> Design:
    """The design that `to_link` wrote; `InputError` for an address that is damaged or describes no body."""
    try:
        text = parameters["body"]
        raw = np.frombuffer(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True), dtype=np.complex64)
        modes = int(parameters.get("modes", "16"))
        length, reynolds, alpha = (float(parameters.get(key, default)) for key, default in _NUMBERS)
    except (binascii.Error, KeyError, ValueError) as error:
        raise InputError(
            f"expected the address of a design, got a damaged one ({error}); open a body of the list instead"
        ) from error
    require(
        len(raw) <= modes <= MODES_RANGE[1] and bool(np.isfinite(raw).all()) and math.isfinite(length),
        "expected the address of a design, got one with unusable numbers; open a body of the list instead",
    )
    a = torch.zeros(modes, dtype=torch.complex128)
    a[: len(raw)] = torch.from_numpy(raw.copy())
    name = re.sub(r"[^\w .:+-]", "", parameters.get("name", ""))[:LONGEST_NAME] or "linked body"
    return Design.of(Body(a, length, name), FlowConditions(reynolds, alpha))


_NUMBERS = (("d", "1"), ("re", "10"), ("alpha", "0"))
