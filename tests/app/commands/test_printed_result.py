"""The printed tables: no digit and no letter is left out, however narrow the terminal and however long a name."""

from __future__ import annotations

import re

import pytest

from fusiform.app.commands.printed_result import print_result
from fusiform.app.results.definitions import rows
from fusiform.solvers import Body

NUMBERS = {
    "drag_coefficient": 1.23456,
    "lift_coefficient": -0.000123456,
    "model": "m" * 200,
    "reynolds": 12.345,
    "separation_points": [[0.5, 0.25], [0.5, -0.25]],
}


def test_sizes_in_any_unit_are_printed_and_only_rounding_errors_are_zero() -> None:
    numbers = {"lift_coefficient": 1e-12, "reference_length": 2e-10, "area": 3e-20}
    assert {label: value for label, value, _ in rows(numbers)} == {"lift C_L": "0", "d": "2e-10", "area A": "3e-20"}


@pytest.mark.parametrize("columns", ["20", "60", "80", "200"])
@pytest.mark.parametrize("terminal", ["1", ""])
def test_numbers_and_names_are_printed_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: str, terminal: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("FORCE_COLOR", terminal)
    print_result("Flow past\x1b[31m [red]:smile:\n", NUMBERS, False, ["a note"], Body.circle())
    printed = capsys.readouterr().out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", printed)
    assert "…" not in plain
    assert all(number in plain for number in ("1.2346", "-0.00012346", "12.345"))
    assert any("0.500, 0.250" in line and "0.500, -0.250" not in line for line in plain.splitlines())
    assert plain.count("m" * 20) >= 5
    assert "Flow past\\x1b[31m [red]:smile:\\n" in " ".join(plain.split())
