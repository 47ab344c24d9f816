"""The text of a design for the address bar, in both directions."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping

import numpy as np
import torch

from fusiform.app.state.design import Design
from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.common.errors import require
from fusiform.solvers.geometry.limits import MODES_RANGE

LONGEST_NAME = 40
LONGEST_TEXTS = {"body": 700, "name": 200, "modes": 8, "d": 40, "re": 40, "alpha": 40, "revolution": 8}
_NUMBERS = (("d", "1"), ("re", "10"), ("alpha", "0"))


def to_link(design: Design) -> dict[str, str]:
    """Parameters of an address that open `design` again, its coefficients rounded to single precision."""
    a = np.trim_zeros(np.array(design.coefficients), "b").astype(np.complex64)
    kind = {"revolution": "1"} if design.revolution else {}
    return kind | {
        "body": base64.urlsafe_b64encode(a.tobytes()).decode().rstrip("="),
        "modes": str(len(design.coefficients)),
        "name": design.name,
        "d": f"{design.reference_length:.9g}",
        "re": f"{design.reynolds:g}",
        "alpha": f"{design.alpha_deg:g}",
    }


def from_link(parameters: Mapping[str, str]) -> Design:
    """The design that `to_link` wrote; `InputError` for an address that is damaged or describes no body.

    Other parameters are ignored.
    """
    for key, longest in LONGEST_TEXTS.items():
        require(
            len(parameters.get(key, "")) <= longest,
            f"expected the address of a design, got one with {len(parameters.get(key, ''))} characters for {key}; "
            "open a body of the list instead",
        )
    try:
        text = parameters["body"]
        raw = np.frombuffer(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True), dtype=np.complex64)
        modes = int(parameters.get("modes", "16"))
        length, reynolds, alpha = (float(parameters.get(key, default)) for key, default in _NUMBERS)
    except (binascii.Error, KeyError, ValueError) as error:
        raise InputError(
            "expected the address of a design, got a damaged one; open a body of the list instead"
        ) from error
    require(
        len(raw) <= modes <= MODES_RANGE[1] and bool(np.isfinite(raw).all()) and math.isfinite(length),
        "expected the address of a design, got one with unusable numbers; open a body of the list instead",
    )
    a = torch.zeros(modes, dtype=torch.complex128)
    a[: len(raw)] = torch.from_numpy(raw.copy())
    name = re.sub(r"[^\w .:+-]", "", parameters.get("name", ""))[:LONGEST_NAME] or "linked body"
    body = Body(a, length, name, revolution=parameters.get("revolution", "") == "1")
    return Design.of(body, FlowConditions(reynolds, alpha))
