"""The layout of the network's inputs and outputs and of the error bounds, known without torch.

Inputs: v (2K), ln Re, c/d, x/d and y/d of the outline points. Outputs: r coefficients of the basis, 4 forces.
"""

from __future__ import annotations

OUTLINE_SAMPLES = 24
FORCES = 4
FORCE_PARITY = (1.0, 1.0, -1.0, -1.0)
BOUND_NODES = (3, 3, 2)  # of slenderness, Reynolds number and lopsidedness, for the bounds on the errors


def inputs_of(modes: int) -> int:
    """Number of the network's inputs for bodies of `modes` coefficients."""
    return 2 * modes + 2 + 2 * OUTLINE_SAMPLES
