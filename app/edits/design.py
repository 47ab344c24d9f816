"""The edits of the design: opening a body, pulling its outline, moving its sliders, its conditions, undo and zoom."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

from fusiform.app.state.control_points import CONTROL_POINTS, PULL_WIDTH, pull_along_normal
from fusiform.app.state.design import Design, History
from fusiform.app.state.design_link import from_link
from fusiform.app.state.listed_bodies import listed_as, listed_bodies
from fusiform.app.state.session import NACA, UPLOAD, DesignState, Section, Session, Settings
from fusiform.app.state.shape_sliders import with_slider
from fusiform.solvers import Body, FlowConditions, InputError, load_body
from fusiform.solvers.common.errors import require, shown
from fusiform.solvers.conditions import require_along_axis
from fusiform.solvers.geometry.displacement.normal_displacement import pulled
from fusiform.solvers.geometry.formats.meridian_files import find_section
from fusiform.solvers.geometry.formats.outline_files import find_outline
from fusiform.solvers.geometry.limits import LARGEST_FIT_ERROR

FIRST_BODY, FIRST_CONDITIONS = "circle", FlowConditions(10.0)
LONGEST_PULL = 0.5
NAMED_KEPT = 100
P = ParamSpec("P")

named_body = lru_cache(NAMED_KEPT)(load_body)


def first_design() -> Design:
    """The design of a new session."""
    return Design.of(named_body(FIRST_BODY), FIRST_CONDITIONS)


def new_session(address: Mapping[str, str]) -> Session:
    """A session with the design of the parameters of an `address`, else with the first one."""
    if "body" not in address:
        return _begun(first_design())
    try:
        return replace(_begun(from_link(address)), settings=Settings(start_from=None))
    except InputError as error:
        return _with_error(_begun(first_design()), str(error))


def _begun(design: Design) -> Session:
    return Session(DesignState(History((design,)), design))


def _with_error(session: Session, error: str | None) -> Session:
    return replace(session, design=replace(session.design, error=error))


def refusable(edit: Callable[Concatenate[Session, P], Session]) -> Callable[Concatenate[Session, P], Session]:
    """`edit`, whose `InputError` becomes the error of the design, which stays as it is."""

    @wraps(edit)
    def edited(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> Session:
        try:
            return edit(session, *args, **kwargs)
        except InputError as error:
            return _with_error(session, str(error))

    return edited


def commit(session: Session, design: Design) -> Session:
    """Make `design` the present one, as a step that can be undone."""
    return _step(session, session.design.history.then(design))


def _step(session: Session, history: History) -> Session:
    """With the present design of `history`; one of the other kind begins anew, and the list has other bodies."""
    now, design = session.design, history.present
    version = now.version + 1
    if design.revolution == now.present.revolution:
        return replace(session, design=replace(now, history=history, version=version, error=None, note=None))
    start_from = listed_as(session.settings.start_from, revolution=design.revolution)
    settings = replace(session.settings, start_from=start_from)
    setup = session.setup.of_kind(revolution=design.revolution)
    return replace(session, settings=settings, setup=setup, design=DesignState(history, design, version))


def undo(session: Session) -> Session:
    """Take the last step back."""
    return _step(session, session.design.history.undone())


def redo(session: Session) -> Session:
    """Repeat the step that was taken back last."""
    return _step(session, session.design.history.redone())


def reset(session: Session) -> Session:
    """Return to the design as it was opened, as a step that can be undone."""
    return commit(session, session.design.start)


def open_body(session: Session, body: Body, conditions: FlowConditions | None = None) -> Session:
    """Begin anew with `body`, at the present conditions unless others are given; one of revolution at no incidence."""
    now = session.design.present
    design = Design.of(body, conditions or FlowConditions(now.reynolds, 0.0 if body.revolution else now.alpha_deg))
    begun = commit(session, design)
    return replace(begun, design=replace(begun.design, opened=design, home=None, share=None))


@refusable
def open_listed(session: Session) -> Session:
    """Open the body chosen in the list; a NACA section has the digits of the settings, a file opens once uploaded."""
    name = session.settings.start_from
    if name is None:
        return session
    listed = listed_bodies(revolution=session.design.present.revolution)
    require(name in listed, f"expected a body of the list, got {shown(name)}; choose one")
    if name == UPLOAD:
        return _with_error(session, None)
    if name == NACA:
        return open_section(session)
    return open_body(session, named_body(listed[name]))


@refusable
def open_section(session: Session) -> Session:
    """Open the NACA section of the digits of the settings."""
    digits = session.settings.digits
    require(
        re.fullmatch("[0-9]{4}", digits) is not None,
        f"expected the four digits of a NACA section, got {shown(digits)}; write for example 0012",
    )
    return open_body(session, named_body(f"naca{digits}"))


@refusable
def open_upload(
    session: Session,
    content: bytes,
    file_name: str,
    *,
    part: str | None = None,
    axis: str = "z",
    at: float | None = None,
    poor_fit: bool = False,
    revolution: bool = False,
) -> Session:
    """Open the outline in an uploaded file: a `part` of a drawing, the section of a mesh where its `axis` is `at`.

    With `revolution`, the body of revolution in it. With `poor_fit` also where the body differs from the outline by
    more than `LARGEST_FIT_ERROR`.
    """
    path = Path(file_name)
    name = re.sub(r"[^\w .+-]", "", path.stem)[:40] or "outline"
    find, fitted = (find_section, Body.from_section) if revolution else (find_outline, Body.from_outline)
    found = find(content, path.suffix, part=part, axis=axis, at=at)
    largest = None if poor_fit else LARGEST_FIT_ERROR
    return open_body(session, fitted(found.points, name=name, source=found.source, max_fit_error=largest))


@refusable
def open_example(session: Session, spec: str, reynolds: float, alpha_deg: float) -> Session:
    """Open a design of the gallery."""
    session = replace(session, settings=replace(session.settings, start_from=None))
    return open_body(session, named_body(spec), FlowConditions(reynolds, alpha_deg))


@refusable
def open_optimum(session: Session) -> Session:
    """Open the shown optimum as a design."""
    assert session.optimum is not None
    result = session.optimum.result
    settings = replace(session.settings, start_from=None)
    session = replace(session, settings=settings, section=Section.DESIGN)
    return open_body(session, replace(result.body, name="optimum"), result.problem.conditions_of(result.body)[0])


@refusable
def slide(session: Session, name: str, value: float) -> Session:
    """Set the slider `name` of the shape to `value`."""
    design = session.design.present
    return commit(session, design.reshaped(with_slider(design.body, name, value)))


@refusable
def set_reynolds(session: Session, reynolds: float) -> Session:
    """Set the Reynolds number."""
    return _under(session, FlowConditions(reynolds, session.design.present.alpha_deg))


@refusable
def set_incidence(session: Session, alpha_deg: float) -> Session:
    """Set the incidence, in degrees."""
    return _under(session, FlowConditions(session.design.present.reynolds, alpha_deg))


def _under(session: Session, conditions: FlowConditions) -> Session:
    now = session.design.present
    if now.revolution:
        require_along_axis([conditions])
    changed = replace(now, reynolds=conditions.reynolds, alpha_deg=conditions.alpha_deg)
    return commit(session, changed)


@refusable
def pull(session: Session, moved: Any) -> Session:
    """Move a control point: `moved` is {"index", "dx", "dy", "version"}, lengths in d, as the drawing sends it.

    It counts along the outward normal, up to `LONGEST_PULL`. A message about an outdated drawing, or one
    that is not a finite displacement of a control point, changes nothing.
    """
    if not isinstance(moved, dict) or moved.get("version") != session.design.version:
        return session
    try:
        index, displacement = int(moved["index"]), complex(float(moved["dx"]), float(moved["dy"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return session
    if not (0 <= index < CONTROL_POINTS and abs(displacement) <= 2.0 * LONGEST_PULL):
        return session
    design = session.design.present
    height = pull_along_normal(design.body, design.alpha_deg, index, displacement)
    height = min(max(height, -LONGEST_PULL), LONGEST_PULL)
    eta = 2.0 * math.pi * index / CONTROL_POINTS
    return commit(session, design.reshaped(pulled(design.body, eta, height, PULL_WIDTH)))


def zoom(session: Session, share: Any) -> Session:
    """Show a `share` (left, bottom, right, top) of the drawing's window, or all of it for anything else."""
    good = isinstance(share, list) and len(share) == 4 and all(isinstance(x, int | float) for x in share)
    if good and all(-1e-6 <= x <= 1.0 + 1e-6 for x in share) and share[2] - share[0] > 1e-3 < share[3] - share[1]:
        left, bottom, right, top = (float(x) for x in share)
        return replace(session, design=replace(session.design, share=(left, bottom, right, top)))
    return replace(session, design=replace(session.design, share=None))
