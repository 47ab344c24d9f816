"""Numbers, errors and text of files as the page writes them."""

from __future__ import annotations

import math
import re

CONFIDENCE_WORDS = ((0.9, "high"), (0.6, "fair"), (0.0, "low"))


def coefficient(value: float) -> str:
    """A force coefficient with four significant digits, rounding noise as 0."""
    return f"{value:#.4g}".replace("-", "−") if abs(value) >= 5e-5 else "0.000"


def with_error(value: float, error: float) -> str:
    """A coefficient ± its estimated error, rounded up to one digit but no farther than the fifth of the value."""
    if not math.isfinite(error):
        return coefficient(value)
    least = math.floor(math.log10(abs(value))) - 4
    last = max(math.floor(math.log10(max(abs(error), 10.0**least))), least)
    rounded = max(math.ceil(abs(error) / 10.0**last), 1) * 10.0**last
    return f"{value:.{max(-last, 0)}f} ± {rounded:.{max(-last, 0)}f}"


def value_or_dash(value: float | None) -> str:
    """A force coefficient, or a dash where there is none."""
    return "–" if value is None or not math.isfinite(value) else coefficient(value)


def ratio(numerator: float, denominator: float) -> str:
    """A ratio with two decimals; zero has no sign."""
    return f"{round(numerator / denominator, 2) + 0.0:.2f}".replace("-", "−")


def confidence(value: float) -> str:
    """A confidence between 0 and 1 in a word and as a number."""
    return f"{_confidence_word(value)} ({value:.2f})"


def bound(confidence: float, relative: float) -> str:
    """A relative bound on the drag error in words; there is no bound where the confidence is 0."""
    if confidence == 0.0:
        return "beyond its Re: ask the solver"
    return f"error below {float(f'{100.0 * relative:.1g}'):g} %"


def _confidence_word(value: float) -> str:
    return next(word for least, word in CONFIDENCE_WORDS if value >= least)


def apart(value: float, reference: float) -> str:
    """Signed difference of `value` from `reference` in percent."""
    return f"{100.0 * (value / reference - 1.0):+.2f} %".replace("-", "−")


def sentence(text: str) -> str:
    """The message of an `InputError` as a sentence: capital letter and full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def plain(text: str) -> str:
    """`text` so that Markdown shows it as it is; for words that come from files."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|$:~])", r"\\\1", text)
