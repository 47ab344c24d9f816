"""Numbers and sentences as the page writes them."""

from __future__ import annotations

import math

import pytest

from fusiform.app.frames.shared import formatting


@pytest.mark.parametrize(
    ("text", "expected"),
    [("expected a circle", "Expected a circle."), ("did you mean x?", "Did you mean x?"), ("", ".")],
)
def test_errors_are_written_as_sentences(text: str, expected: str) -> None:
    assert formatting.sentence(text) == expected


def test_numbers_are_written_with_four_digits_and_signs() -> None:
    assert [formatting.coefficient(x) for x in (10.3412, 1.5, 0.25, 1e-9)] == ["10.34", "1.500", "0.2500", "0.000"]
    assert formatting.with_error(1.49698, 0.00055) == "1.4970 ± 0.0006"
    assert formatting.with_error(2.754, -0.012) == "2.75 ± 0.02"
    assert formatting.with_error(10.3412, 1e-9) == "10.341 ± 0.001"
    assert formatting.with_error(2.0, math.nan) == "2.000"
    assert formatting.apart(0.99, 1.0) == "−1.00 %"
    assert [formatting.bound(1.0, x) for x in (0.00035, 0.004, 0.32)] == [
        f"error below {text} %" for text in ("0.03", "0.4", "30")
    ]
    assert [formatting.confidence(x) for x in (1.0, 0.7, 0.1)] == ["high (1.00)", "fair (0.70)", "low (0.10)"]
