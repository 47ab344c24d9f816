"""A design, that is a body at flow conditions, as plain data, and its history for undo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import torch

from fusiform.app.state.drawable_bodies import require_drawable
from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.common.arrays import FloatArray
from fusiform.solvers.conditions import require_along_axis

STEPS_KEPT = 100
BODIES_KEPT = 200
CHANGED = "changed "


@dataclass(frozen=True)
class Design:
    """A body and its conditions; `coefficients` a_k, lengths in the user's unit, as in `Body`.

    `given`: the points of the outline to which the body was fitted; none for an exact body. `revolution`: the kind.
    """

    name: str
    coefficients: tuple[complex, ...]
    reference_length: float
    origin: complex
    fit_error: float
    reynolds: float
    alpha_deg: float
    source: str = ""
    given: tuple[complex, ...] = ()
    revolution: bool = False

    @classmethod
    def of(cls, body: Body, conditions: FlowConditions) -> Design:
        """`body` as it was opened; `InputError` for one that the page does not take (`drawable_bodies`), and for a body
        of revolution at incidence."""
        require_drawable(body)
        if body.revolution:
            require_along_axis([conditions])
        return cls(
            name=body.name,
            coefficients=tuple(body.coefficients.tolist()),
            reference_length=body.reference_length,
            origin=body.origin,
            fit_error=body.fit_error,
            reynolds=conditions.reynolds,
            alpha_deg=conditions.alpha_deg,
            source=body.source,
            given=_points(body.given_outline),
            revolution=body.revolution,
        )

    @property
    def body(self) -> Body:
        """The body; equal designs have the same object, because checking its map takes milliseconds."""
        return _body(
            self.coefficients,
            self.reference_length,
            self.name,
            self.fit_error,
            self.origin,
            self.source,
            self.given,
            self.revolution,
        )

    @property
    def conditions(self) -> FlowConditions:
        """The conditions."""
        return FlowConditions(self.reynolds, self.alpha_deg)

    def reshaped(self, body: Body) -> Design:
        """This design with the shape of `body`, named as changed; `InputError` for one that the page does not take."""
        require_drawable(body)
        coefficients = tuple(body.coefficients.tolist())
        if coefficients == self.coefficients:
            return self
        name = f"{CHANGED}{self.name.removeprefix(CHANGED)}"
        return replace(self, name=name, coefficients=coefficients, origin=body.origin, fit_error=0.0, given=())


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
        """True if there is an earlier step."""
        return self.place > 0

    @property
    def can_redo(self) -> bool:
        """True if a step was taken back."""
        return self.place < len(self.steps) - 1

    def then(self, design: Design) -> History:
        """With `design` as the present one; steps that were taken back are dropped."""
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


@lru_cache(BODIES_KEPT)
def _body(
    coefficients: tuple[complex, ...],
    reference_length: float,
    name: str,
    fit_error: float,
    origin: complex,
    source: str,
    given: tuple[complex, ...],
    revolution: bool,
) -> Body:
    a = torch.tensor(coefficients, dtype=torch.complex128)
    outline = np.array([(z.real, z.imag) for z in given]) if given else None
    return Body(a, reference_length, name, fit_error, origin, source, outline, revolution)


def _points(outline: FloatArray | None) -> tuple[complex, ...]:
    return () if outline is None else tuple((outline @ [1.0, 1j]).tolist())
