"""Numbers, errors and text of files as the page writes them."""

from __future__ import annotations

import math
import re

from fusiform.solvers.inverse import Gain, Quantity

CONFIDENCE_WORDS = ((0.9, "high"), (0.6, "fair"), (0.0, "low"))
DASH = "–"  # for a number that is not known, or not finite
LONGEST_TEXT, LONGEST_NAME = 600, 40
_MARKUP = re.compile(
    r"[\\`*\[\]<>$~@]"  # anywhere
    r"|(?<![^\W_])_|_(?![^\W_])"  # around a word
    r"|:(?=[\w/])"  # of a web address, an emoji or a colour
    r"|(?<=www)\."
    r"|^[-+#=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]"  # at the beginning, of a list or a heading
)


def coefficient(value: float) -> str:
    """A force coefficient with four significant digits, rounding noise as 0; a dash if it is not finite."""
    if not math.isfinite(value):
        return DASH
    return f"{value:#.4g}".replace("-", "−") if abs(value) >= 5e-5 else "0.000"


def with_error(value: float, error: float) -> str:
    """A coefficient ± its estimated error, rounded up to one digit but no farther than the fifth of the value."""
    if not (math.isfinite(value) and math.isfinite(error) and value):
        return coefficient(value)
    least = math.floor(math.log10(abs(value))) - 4
    last = max(math.floor(math.log10(max(abs(error), 10.0**least))), least)
    rounded = max(math.ceil(abs(error) / 10.0**last), 1) * 10.0**last
    return f"{value:.{max(-last, 0)}f} ± {rounded:.{max(-last, 0)}f}"


def value_or_dash(value: float | None) -> str:
    """A force coefficient, or a dash where there is none."""
    return DASH if value is None else coefficient(value)


def ratio(numerator: float, denominator: float) -> str:
    """A ratio with two decimals; zero has no sign. A dash if there is none."""
    value = quotient(numerator, denominator)
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−") if math.isfinite(value) else DASH


def percent(numerator: float, denominator: float, digits: int = 0) -> str:
    """A ratio in percent; zero has no sign. A dash if there is none."""
    value = 100.0 * quotient(numerator, denominator)
    return f"{value:z.{digits}f} %".replace("-", "−") if math.isfinite(value) else DASH


def scientific(value: float) -> str:
    """A number as 1.2e−03; a dash if it is not finite."""
    return f"{value:.1e}".replace("-", "−") if math.isfinite(value) else DASH


def quotient(numerator: float, denominator: float) -> float:
    """A ratio; NaN over zero."""
    return numerator / denominator if denominator else math.nan


def confidence(value: float) -> str:
    """A confidence between 0 and 1 in a word and as a number; a dash if it is not finite."""
    if not math.isfinite(value):
        return DASH
    return f"{_confidence_word(value)} ({value:.2f})"


def bound(relative: float | None) -> str:
    """A relative bound on the drag error in words, rounded up to one digit; None outside the trained range."""
    if relative is None:
        return "outside training: no bound"
    if not math.isfinite(relative):
        return "not known: ask the solver"
    return f"error below {_rounded_up(100.0 * relative):g} %"


def absolute_bound(value: float | None) -> str:
    """A bound on the error of a coefficient in words, rounded up to one digit; None outside the trained range."""
    return "no bound" if value is None or not math.isfinite(value) else f"error below {_rounded_up(value):g}"


def _rounded_up(value: float) -> float:
    """To one significant digit."""
    if value == 0.0:
        return 0.0
    unit = 10.0 ** math.floor(math.log10(value))
    return float(f"{math.ceil(value / unit - 1e-9) * unit:.1g}")


def _confidence_word(value: float) -> str:
    return next(word for least, word in CONFIDENCE_WORDS if value >= least)


def apart(value: float, reference: float) -> str:
    """Signed difference of `value` from `reference` in percent; a dash if there is none."""
    change = 100.0 * (quotient(value, reference) - 1.0)
    return f"{change:+.2f} %".replace("-", "−") if math.isfinite(change) else DASH


def formula(quantity: Quantity) -> str:
    """The symbol of an objective's quantity as Markdown; its name where it has none."""
    plain_symbols = {"C_D": "$C_D$", "C_L/C_D": "$C_L/C_D$"}
    return plain_symbols.get(quantity.symbol, plain(quantity.noun))


def gain_percent(gain: Gain) -> str:
    """The percentage of a gain; a dash if there is none."""
    return percent(gain.percent, 100.0, 1)


def sentence(text: str) -> str:
    """The message of an `InputError` as a sentence: capital letter and full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def plain(text: str, longest: int = LONGEST_TEXT) -> str:
    """`text` on one line, shortened, so that Markdown shows it as it is; for words that come from files and users."""
    words = " ".join(text.split())
    shortened = words if len(words) <= longest else f"{words[: longest - 1]}…"
    return _MARKUP.sub(r"\\\g<0>", "".join(c for c in shortened if c.isprintable()))
