"""The layout of the network's inputs and outputs, of the flow's nodes and of the error bounds, known without torch.

Inputs: v (2K, of bodies of revolution K), ln Re, c/d, x/d and y/d of the outline points. Outputs: r coefficients of the
basis, 4 forces.
"""

from __future__ import annotations

from fusiform.solvers.flow import Resolution

OUTLINE_SAMPLES = 24
FORCES = 4
FORCE_PARITY = (1.0, 1.0, -1.0, -1.0)
BOUND_NODES = (3, 3, 2)  # of slenderness, Reynolds number and lopsidedness, for the bounds on the errors


def inputs_of(modes: int, revolution: bool = False) -> int:
    """Number of the network's inputs for bodies of `modes` coefficients."""
    return (1 if revolution else 2) * modes + 2 + 2 * OUTLINE_SAMPLES


def directions_of(modes: int, revolution: bool = False) -> int:
    """Number of directions of a design: parts of the coefficients, real ones alone around an axis, and ln Re."""
    return (1 if revolution else 2) * modes + 1


def nodes_of(resolution: Resolution, revolution: bool = False) -> tuple[int, int]:
    """Numbers of radial and angular nodes of a flow: of the whole plane, or of the meridian with both ends."""
    angular = resolution.n_eta // 2 + 1 if revolution else resolution.n_eta
    return resolution.n_xi, angular
