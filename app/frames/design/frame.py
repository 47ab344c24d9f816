"""The frame of the section Design: everything that it shows, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fusiform.app.drawings import curves, drawing
from fusiform.app.drawings.quantities import WALL_QUANTITIES
from fusiform.app.drawings.raster import Layer
from fusiform.app.drawings.sensitivity import Sensitivity
from fusiform.app.drawings.space.component import payload as space_payload
from fusiform.app.drawings.space.revolved import revolved
from fusiform.app.drawings.wall_curves import upper_points
from fusiform.app.frames.design.drawing_window import home_of, window_of
from fusiform.app.frames.design.known import Known
from fusiform.app.frames.design.numbers import design_numbers
from fusiform.app.frames.design.shown_flow import (
    ShownFlow,
    compared,
    layer_of,
    lines_of,
    marks_of,
    solver_flow,
    surrogate_flow,
)
from fusiform.app.frames.shared import cached
from fusiform.app.frames.shared.formatting import coefficient, plain, sentence
from fusiform.app.frames.shared.metric import Metric
from fusiform.app.state.control_points import given_outline_of, outline_of
from fusiform.app.state.session import DesignState, Settings
from fusiform.app.state.window import Home, Share, Window
from fusiform.solvers.flow import WallPoint
from fusiform.solvers.shedding import shedding_note

INVITATION = "Drag a point of the outline, move a slider, or press Optimise."


@dataclass(frozen=True)
class Frame:
    """Everything that the section shows.

    `home`, `window` and `share`: the window of the drawing, to be kept for the next frame, its place around the body,
    and the part that is shown, all of it (None) in a new window. `shown`: the flow in the drawing, and `badge` the
    words about it. The other parts are computed when they are first read, so that the numbers of a pulled body are
    shown before its flow is sampled.
    """

    design: DesignState
    settings: Settings
    known: Known
    home: Home
    window: Window
    share: Share | None
    shown: ShownFlow | None
    badge: str

    @property
    def numbers(self) -> Iterator[Metric]:
        """The row of numbers, one after the other: the drag is known before the confidence is computed."""
        return design_numbers(self.design, self.known)

    @cached_property
    def layer(self) -> Layer | None:
        """The colours of the drawing."""
        if self.shown is None:
            return None
        return layer_of(self.shown, self.window, self.share, self.settings.quantity)

    @cached_property
    def drawing(self) -> dict[str, Any]:
        """The data of `drawing.js`."""
        now, start = self.design.present, self.design.start
        changed = start.coefficients != now.coefficients
        return drawing.payload(
            version=self.design.version,
            home=self.window,
            outline=outline_of(now.body, now.alpha_deg),
            layer=self.layer,
            badge=self.badge,
            ghost=outline_of(start.body, now.alpha_deg) if changed else None,
            given=given_outline_of(now.body, now.alpha_deg),
            awaited=self.known.awaited,
            revolution=now.revolution,
            **self._overlays(),
        )

    @property
    def in_space(self) -> dict[str, Any] | None:
        """The data of `space.js`: a body of revolution with the flow of the whole window; None without one."""
        now, flow, quantity = self.design.present, self.shown, self.settings.quantity
        if flow is None or not now.revolution:
            return None
        layer = layer_of(flow, self.window, None, quantity)
        separation = () if flow.analysis is None else flow.analysis.separation
        lines = lines_of(flow, layer.grid, self.window)[0] if self.settings.streamlines else ()
        shown = revolved(now.body, flow.field, quantity, layer, separation)
        return space_payload(shown, layer, version=self.design.version, lines=lines, badge=self.badge)

    def _overlays(self) -> dict[str, Any]:
        """Marks, lines and sensitivity, as far as they are known and switched on."""
        overlays: dict[str, Any] = {}
        if self.shown is not None and self.layer is not None:
            overlays["marks"] = marks_of(self.shown)
            if self.settings.streamlines:
                overlays["lines"], overlays["dividing"] = lines_of(self.shown, self.layer.grid, self.window)
        if self.settings.sensitivity:
            overlays["sensitivity"] = self._sensitivity()
        return overlays

    def _sensitivity(self) -> Sensitivity | None:
        if self.known.predicted is None or self.known.key is None:
            return self.known.sensitivity
        return cached.sensitivity(self.known.key, self.known.predicted)

    @cached_property
    def remark(self) -> str:
        """Pressures at both ends, separation, wake, the body's fit, and shedding where it is likely: two lines, or
        three."""
        return f"{self._flow_remark()} {self._fit_remark()}{self._shedding_remark()}"

    def _flow_remark(self) -> str:
        analysis = None if self.shown is None else self.shown.analysis
        if analysis is None:
            return INVITATION
        around = self.design.present.revolution
        shown = upper_points(analysis.separation) if around else analysis.separation
        points = ", ".join(f"({p.position.real:.2f}, {p.position.imag + 0.0:.2f})" for p in shown)
        length = analysis.recirculation_length
        return (
            f"$C_p$ {_pressure_at(analysis.front, around)} at the front, {_pressure_at(analysis.rear, around)} at the "
            "base. "
            "The flow leaves the wall at "
            f"{points.replace('-', '−')}; "
            + (f"behind the body it recirculates over {length:.2f} d." if length else "no recirculation behind it.")
        )

    def _fit_remark(self) -> str:
        body, predicted = self.design.present.body, self.known.predicted
        text = f"{plain(body.name)}: fineness {body.fineness:.3g}, d = {body.reference_length:.4g}, {body.modes} modes."
        text += f" From {plain(body.source)}." if body.source else ""
        if predicted is not None and predicted.misfit_note and not body.fit_warning:
            text += f" :orange[{predicted.misfit_note}]"
        return text

    def _shedding_remark(self) -> str:
        now = self.design.present
        note = shedding_note(now.body, [now.conditions])
        return f" :orange[{note}]" if note else ""

    @property
    def fit_warning(self) -> str:
        """The sentence about a body that differs from the outline of its file, "" if it does not."""
        warning = self.design.present.body.fit_warning
        return sentence(f"all numbers are those of the body that is drawn: {warning}, dashed red") if warning else ""

    @property
    def remark_help(self) -> str:
        """The definitions of the remark."""
        return (
            "$C_p$ = (p − p∞) / (½ ρ U²). Base: the rearmost point; the recirculation is measured from there. "
            f"Points are x/d, {'r/d' if self.design.present.revolution else 'y/d'}. Bodies are described by modes of a "
            "conformal map; the surrogate knows the first few alone. Fit error of an imported outline: "
            f"{self.design.present.body.fit_error:.2%} of d."
        )

    @cached_property
    def walls(self) -> dict[str, dict[str, Any]]:
        """The data of `curves.js` for each quantity along the wall; none without a flow."""
        flows = (("surrogate", surrogate_flow(self.known)), ("solver", solver_flow(self.known.solved)))
        shown = [
            cached.wall_curve(name, flow.field, name, () if flow.analysis is None else flow.analysis.separation)
            for name, flow in flows
            if flow is not None
        ]
        return {quantity: curves.payload(shown, quantity) for quantity in WALL_QUANTITIES} if shown else {}


def frame(design: DesignState, settings: Settings, known: Known) -> Frame:
    """The section Design for a design, the settings, and all that is known of it."""
    home = home_of(design.present, design.home, wake=settings.wake)
    window = window_of(design.present, home)
    share = design.share if home == design.home else None
    return Frame(design, settings, known, home, window, share, *compared(known, settings.compare))


def _pressure_at(point: WallPoint, around: bool) -> str:
    """C_p of a point of the wall; of a sharp tip, where it is not resolved, that nearby too, `around` an axis once."""
    value = coefficient(point.pressure_coefficient)
    if not point.sharp:
        return value
    beside = " and ".join(coefficient(each) for each in point.nearby[: 1 if around else None])
    return f"{value} (a sharp tip, whose radius it depends on; {beside} at 0.05 d from it)"
