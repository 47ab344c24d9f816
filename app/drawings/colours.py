"""Colour tables and limits of the pictures: perceptually uniform and safe for colour-blind eyes.

`viridis` (S. van der Walt & N. Smith, CC0) for magnitudes, `balance` (K. Thyng, cmocean, MIT) for signed quantities,
whose middle, the palest colour, is zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fusiform.solvers.common.arrays import FloatArray

SIZE = 256
SATURATION_PERCENTILE = 98.5
_ANCHORS = {
    "viridis": "440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725",
    "balance": "171c42 25347e 1853a9 2075bc 4f95ba 89b2c1 bfced4 f1eceb "
    "e1c3b9 d49984 c66d51 b54031 961f26 6b0d23 3c0911",
}


def colour_table(name: str) -> NDArray[np.uint8]:
    """The table `name` as (256, 3) red, green, blue, from low to high."""
    anchors = np.array([list(bytes.fromhex(text)) for text in _ANCHORS[name].split()], dtype=np.float64)
    place = np.linspace(0.0, len(anchors) - 1.0, SIZE)
    channels = [np.interp(place, np.arange(len(anchors)), channel) for channel in anchors.T]
    return np.round(np.stack(channels, axis=1)).astype(np.uint8)


def colour_limits(values: FloatArray, *, signed: bool) -> tuple[float, float]:
    """Round limits of the colours of `values`, NaN left out.

    From zero to the largest value; signed values are centred on zero, and their extreme 1.5 % are beyond the limits.
    """
    finite = values[np.isfinite(values)]
    if not signed:
        return 0.0, float(np.ceil(10.0 * finite.max()) / 10.0)
    top = float(np.percentile(np.abs(finite), SATURATION_PERCENTILE))
    digits = 10.0 ** np.floor(np.log10(max(top, 1e-6)))
    top = float(np.ceil(2.0 * top / digits) * digits / 2.0)
    return -top, top
