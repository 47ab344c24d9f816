"""The section Why as functions: its numbers are those of the tables that ship; no Streamlit."""

from __future__ import annotations

import re

import pytest

from fusiform.app.frames import why
from fusiform.app.results import measured
from fusiform.app.results.measured_methods import comparison, conditioning


def test_the_numbers_of_the_comparison_are_those_of_its_table() -> None:
    rows = {row["method"]: row for row in measured.table("methods")}
    methods = {method.label: method for method in comparison().methods.values()}
    assert ["the start of all", *methods] == list(rows)
    for label, row in rows.items():
        drag = comparison().start if label not in methods else methods[label].drag
        shown = [float(number) / 100.0 for number in re.findall(r"[\d.]+(?=%)", row["drag median (seeds)"])]
        assert [drag.median, drag.lowest, drag.highest] == pytest.approx(shown, abs=6e-6)
        if label in methods:
            assert [row["steps"], row["bodies"]] == [str(methods[label].steps), str(methods[label].bodies)]


def test_the_headline_and_the_sentences_hold_the_numbers() -> None:
    methods = comparison().methods
    sip, dp = methods[why.BEST_SIP].drag.median, methods[why.BEST_DP].drag.median
    values = {metric.label: metric.value for metric in why.headline()}
    assert (values["Inverted: SIP"], values["DP over SIP"]) == (f"{sip:.2%}", f"{dp / sip:.0f} times")
    assert f"{dp:.1%}, while its loss falls" in why.failures()
    solves, bodies = methods[why.BEST_SIP].factorisations, methods[why.BEST_SIP].bodies
    assert f"cost {solves / bodies:.1f} factorisations" in why.cost_words()
    assert len(why.findings()) >= 3


def test_the_errors_at_each_condition_number_are_those_of_the_table() -> None:
    numbers, rows = conditioning()
    assert numbers == (1.0, 10.0, 100.0, 1000.0, 10000.0)
    for row, of_table in zip(rows, measured.table("conditioning"), strict=True):
        assert row.errors == tuple(float(of_table[f"cond {number:g}"]) for number in numbers)
        assert f"**{row.label}**: error {row.errors[0]:.2f} → {row.errors[-1]:.2f}" in why.conditioning_words(
            numbers, rows
        )
