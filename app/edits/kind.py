"""The switch between plane bodies and bodies of revolution."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fusiform.app.edits.design import open_body, refusable
from fusiform.app.state.session import Kind, Session
from fusiform.solvers import Body, InputError

TOLD_FROM = 1e-3  # d
_SECTIONS = {"circle": "sphere", "ellipse": "spheroid"}


@refusable
def set_kind(session: Session, kind: str) -> Session:
    """Turn the design into one of that `kind`, as a new start that can be undone.

    A section becomes the body of revolution of its symmetric part, without incidence, and the note of the design tells
    of what was left out; a body of revolution becomes its section.
    """
    now, of_revolution = session.design.present, kind == Kind.REVOLUTION
    if kind not in list(Kind) or of_revolution == now.revolution:
        return session
    body = _revolved(now.body) if of_revolution else now.body.section()
    turned = open_body(session, replace(body, name=_renamed(body.name, of_revolution)))
    note = " ".join(filter(None, (_left_out(now.body, body), _straightened(now.alpha_deg)))) if of_revolution else ""
    return replace(turned, design=replace(turned.design, note=note or None))


def _revolved(section: Body) -> Body:
    """The body of revolution of the symmetric part of `section`, that with the real parts of its coefficients."""
    if section.is_symmetric():
        return section.revolved()
    try:
        symmetric = replace(section, coefficients=section.coefficients.real + 0j, fit_error=0.0, given_outline=None)
        return symmetric.revolved()
    except InputError as error:
        raise InputError(
            f"expected a section whose symmetric part can be turned about the axis, got {section.name}, whose part "
            "crosses itself; choose a section that is nearer to its mirror image"
        ) from error


def _renamed(name: str, of_revolution: bool) -> str:
    """The name of the turned body: a circle becomes a sphere, and a sphere a circle."""
    names = _SECTIONS if of_revolution else {solid: section for section, solid in _SECTIONS.items()}
    return " ".join(names.get(word, word) for word in name.split(" "))


def _left_out(section: Body, body: Body) -> str:
    """The sentence about the asymmetry of `section` that `body` does not have, "" if that is too small to be seen."""
    outlines = [each.outline() @ np.array([1.0, 1j]) - each.origin for each in (section, body)]
    distance = float(np.abs(outlines[0] - outlines[1]).max()) / section.reference_length
    if distance < TOLD_FROM:
        return ""
    return (
        f"{section.name} is not its own mirror image: this body has its symmetric part, up to {distance:.2g} d from it."
    )


def _straightened(alpha_deg: float) -> str:
    return "The angle of attack is 0 now: only the flow along the axis is known." if alpha_deg else ""
