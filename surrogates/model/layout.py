"""The layout of the network's inputs and outputs, known without torch.

Inputs: v (2K), ln Re, c/d, x/d and y/d of the outline points. Outputs: r coefficients of the basis, 4 forces.
"""

from __future__ import annotations

OUTLINE_SAMPLES = 24
FORCES = 4
FORCE_PARITY = (1.0, 1.0, -1.0, -1.0)


def inputs_of(modes: int) -> int:
    """Number of the network's inputs for bodies of `modes` coefficients."""
    return 2 * modes + 2 + 2 * OUTLINE_SAMPLES
