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
    assert [formatting.bound(x) for x in (0.00025, 0.004, 0.21)] == [
        f"error below {text} %" for text in ("0.03", "0.4", "30")
    ]
    assert formatting.bound(None) == "outside training: no bound"
    assert [formatting.absolute_bound(x) for x in (0.0021, 0.0, None)] == [
        "error below 0.003",
        "error below 0",
        "no bound",
    ]
    assert [formatting.confidence(x) for x in (1.0, 0.7, 0.1)] == ["high (1.00)", "fair (0.70)", "low (0.10)"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_a_dash(bad: float) -> None:
    assert formatting.coefficient(bad) == formatting.value_or_dash(bad) == formatting.value_or_dash(None) == "–"
    assert formatting.with_error(bad, 0.1) == formatting.confidence(bad) == formatting.scientific(bad) == "–"
    assert formatting.percent(-1e-9, 1.0, 1) == "0.0 %"
    assert formatting.ratio(bad, 1.0) == formatting.percent(bad, 1.0) == formatting.apart(bad, 1.0) == "–"
    assert formatting.ratio(1.0, 0.0) == formatting.percent(1.0, 0.0) == formatting.apart(1.0, 0.0) == "–"
    assert formatting.bound(bad) == "not known: ask the solver"
    assert formatting.absolute_bound(bad) == "no bound"
    assert formatting.with_error(0.0, 0.1) == "0.000"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a box of 0.8 x 0.8: min_radius (d) is 1/2, 50 %; save it as UTF-8", None),
        ("[a](http://b)", r"\[a\](http\://b)"),
        ("![a](//b) <script>", r"!\[a\](//b) \<script\>"),
        (":red[a] :smile: a:b", r"\:red\[a\] \:smile: a\:b"),
        ("$x$ `y` **z** ~~w~~", r"\$x\$ \`y\` \*\*z\*\* \~\~w\~\~"),
        ("_a_ __b__ c_d", r"\_a\_ \_\_b\_\_ c_d"),
        ("1. a", r"1\. a"),
        ("- a\n\n# b\tc", r"\- a # b c"),
        ("www.a.b a@b.c", r"www\.a.b a\@b.c"),
        ("a\u202eb\u2066c\x00\x1bd", "abcd"),
        ("a \\* b", r"a \\\* b"),
    ],
)
def test_words_of_files_show_as_they_are(text: str, expected: str | None) -> None:
    assert formatting.plain(text) == (text if expected is None else expected)


def test_words_of_files_are_shortened() -> None:
    assert len(formatting.plain("😀" * 5000)) == formatting.LONGEST_TEXT
    assert formatting.plain("a" * 5000).endswith("…")
