"""Numbers that sentences accept, and the words by which they name the others."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch

from fusiform.solvers.common.errors import InputError, is_number, is_whole, require_kind, shown

NUMBERS = [0, -3, 1e300, Fraction(1, 3), np.float32(0.5), np.float64(2.0), np.int64(4)]
NO_NUMBERS = [
    None,
    "1",
    True,
    np.bool_(True),
    float("nan"),
    float("inf"),
    1j,
    10**400,
    [1.0],
    np.ones(1),
    torch.ones(()),
]


@pytest.mark.parametrize("value", NUMBERS, ids=repr)
def test_finite_real_numbers_are_numbers(value: object) -> None:
    assert is_number(value)


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: repr(value)[:20])
def test_everything_else_is_not(value: object) -> None:
    assert not is_number(value)


def test_whole_numbers_are_integers_of_python_and_numpy() -> None:
    assert all(map(is_whole, (3, np.int64(3))))
    assert not any(map(is_whole, (3.0, True, "3", None, np.float64(3.0))))


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e6, "1e+06"), (True, "True"), ("a", "'a'"), (float("nan"), "nan"), (None, "None")],
)
def test_values_are_named_as_users_write_them(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize("value", ["a" * 1000, 10**400, list(range(1000)), np.ones((50, 50)), torch.ones(50, 50)])
def test_large_values_are_abbreviated_to_one_line(value: object) -> None:
    assert len(shown(value)) < 100
    assert "\n" not in shown(value)


def test_another_kind_is_one_sentence() -> None:
    with pytest.raises(InputError, match=r"^expected a dict, got 3; give a table$"):
        require_kind(3, dict, "give a table")


def test_a_value_of_the_right_kind_is_not_put_into_words() -> None:
    """The words for a solved flow, all its tensors, take several times as long as the solve that starts from it."""
    asked = []

    class Large:
        def __repr__(self) -> str:
            asked.append(self)
            return "large"

    require_kind(Large(), Large, "give one")
    assert not asked
    with pytest.raises(InputError, match="got large; give a table"):
        require_kind(Large(), dict, "give a table")
