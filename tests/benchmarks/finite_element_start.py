"""The flow of this library as the start of Newton's method for `finite_element_flow.py`.

It saves the climb in the Reynolds number and all but one factorisation: the forces are off by less than 1 % at once,
and chord steps do the rest. The result is that of the finite elements: they are solved to their own tolerance.
"""

from __future__ import annotations

import math

import torch  # isort: skip  # noqa: F401  (before NGSolve, whose BLAS torch would call and crash)
import ngsolve as ng
import numpy as np
from finite_element_flow import FiniteElementFlow
from finite_element_meshes import Mesh, turned
from ngsolve import CF, x, y

from fusiform.solvers import Body, FlowConditions, solve
from fusiform.solvers.geometry import laurent

ORDER, GRID = 4, "standard"
LAYERS, ANGLES, STRETCHING = 160, 800, 5.0


def library_flow(mesh: Mesh, body: Body, reynolds: float, alpha_deg: float) -> FiniteElementFlow:
    """The flow of `solve` on quadrilaterals of `finite_element_meshes.py`: velocity of order `ORDER`, and forces.

    Interpolated linearly from a table over (ξ, η), whose lines are ξ = far sinh(βs)/sinh β. The pressure stays zero:
    the equations are linear in it, so that the first Newton step finds it.
    """
    solution = solve(body, FlowConditions(reynolds, alpha_deg), grid=GRID)
    flow = FiniteElementFlow(mesh, reynolds, ORDER)
    far = math.log(mesh.radius / float(laurent.conformal_radius(turned(body, alpha_deg))[0]))
    stretched = far / math.sinh(STRETCHING)
    last = math.pi if mesh.axis else 2.0 * math.pi
    xi = stretched * np.sinh(np.linspace(0.0, STRETCHING, LAYERS))
    values = solution.field.at_images(np.exp(xi[None] + 1j * np.linspace(0.0, last, ANGLES)[:, None]))
    line = x / stretched
    place = CF((ng.log(line + ng.sqrt(line * line + 1.0)), y))
    table = [
        ng.VoxelCoefficient((0.0, 0.0), (STRETCHING, last), part, linear=True, trafocf=place)
        for part in (values.u, values.v)
    ]
    deformation = mesh.mesh.deformation
    mesh.mesh.UnsetDeformation()
    flow.state.components[0].Set(CF(tuple(table)))
    mesh.mesh.SetDeformation(deformation)
    forces = (solution.drag_coefficient, solution.lift_coefficient)
    flow.reacted = 0.5 * np.array(forces[: len(flow.reacted)])
    return flow
