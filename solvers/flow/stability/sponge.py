"""The sponge: disturbances are damped far from the body, before the wake is too coarse for their waves.

Added to the growth rate s of a disturbance is, at the distance r from the body,

    γ(r) = (0.5/H) S((r − 10 H)/(30 H)),   S(t) = t² (3 − 2t) between 0 and 1,

H the height across the stream, lengths in d. A mode is made within a few H of the body; what happens to its wake has
no part in it. A sponge that sets in more steeply reflects; without any, the outer line answers.
"""

from __future__ import annotations

from torch import Tensor

from fusiform.solvers.flow.equations.problem import Problem

STRENGTH, BEGINS, FULL = 0.5, 10.0, 40.0


def sponge(problem: Problem, across: Tensor) -> Tensor:
    """γ at the nodes of the elements, (batch, nr, na, n1, n2), around bodies of heights `across` (batch,)."""
    height = across[:, None, None]
    share = ((problem.position.abs() / height - BEGINS) / (FULL - BEGINS)).clamp(0.0, 1.0)
    return problem.layout.local(STRENGTH / height * share.square() * (3.0 - 2.0 * share))
