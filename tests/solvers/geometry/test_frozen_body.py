"""A body cannot be changed from outside, and is the same whatever torch's modes and defaults are."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import torch
from torch_modes import AROUND

from fusiform.solvers import Body
from fusiform.solvers.geometry import displaced, drag_sensitivity


def test_what_is_given_and_what_is_returned_are_copies() -> None:
    given = torch.tensor([0.2 + 0.1j, 0.05], dtype=torch.complex128)
    body = Body(given)
    given[0] = 0.5
    body.coefficients[1] = 0.5
    body.coefficients.zero_()
    assert body.coefficients.tolist() == [0.2 + 0.1j, 0.05]
    array = np.array([0.3 + 0j])
    other = Body(array)
    array[0] = 0.1
    assert other.coefficients.tolist() == [0.3]
    with pytest.raises(FrozenInstanceError):
        body.coefficients = given  # type: ignore[misc]


def test_copies_of_a_body_are_the_same_body() -> None:
    body = Body([0.2, 0.1j], 3.0, "it", 0.01, 1 + 2j, "curve 2")
    for other in (copy.deepcopy(body), pickle.loads(pickle.dumps(body)), replace(body)):
        assert other.coefficients.tolist() == body.coefficients.tolist()
        assert (other.reference_length, other.name, other.fit_error, other.origin) == (3.0, "it", 0.01, 1 + 2j)
        assert other.source == "curve 2"


def test_coefficients_keep_all_their_digits() -> None:
    assert Body([0.1 + 0.2j]).coefficients.tolist() == [0.1 + 0.2j]


def numbers() -> list[object]:
    body = Body([0.1 + 0.2j, 0.05])
    section = Body.naca("2412", modes=6)
    moved = displaced(body, 0.01 * np.cos(np.arange(32)))
    return [
        body.coefficients.tolist(),
        body.outline(16).tolist(),
        section.coefficients.tolist(),
        section.with_modes(4).fit_error,
        moved.coefficients.tolist(),
        drag_sensitivity(body, body.coefficients, 16).tolist(),
    ]


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_bodies_do_not_depend_on_torchs_modes(around: Callable[[], AbstractContextManager[object]]) -> None:
    expected = numbers()
    with around():
        assert numbers() == expected
        made_inside = Body([0.1 + 0.2j])
    assert not made_inside.coefficients.is_inference()
    (made_inside.coefficients.requires_grad_() ** 2).abs().sum().backward()
