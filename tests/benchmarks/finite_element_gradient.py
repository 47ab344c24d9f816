"""The gradient of the drag of `finite_element_flow.py`, by the discrete adjoint.

Transposed solves with the last factors give (λ, θ), λ constant on the wall; then Hadamard's formula,
dF = ν ∮ ∂_n u · ∂_n λ V_n ds with V_n the velocity of the wall out of the body. It is used in its equivalent form on
the elements that touch the wall, the derivative of R(u, p; λ, θ) as the wall's nodes move: with slopes taken on the
wall ∂C_D/∂a_1 is off by 18 %, so by 0.2 % (circle, Re 40, k = 3, 120 quadrilaterals). Checked by finite differences.
"""

from __future__ import annotations

import math

import torch  # isort: skip  (before NGSolve, whose BLAS torch would call and crash)
import ngsolve as ng
import numpy as np
from finite_element_flow import FiniteElementFlow
from finite_element_meshes import ComplexArray, wall_parameter
from ngsolve import CF, InnerProduct, x, y

from fusiform.solvers import Body
from fusiform.solvers.geometry import laurent

REFINEMENTS = 4


def drag_gradient(flow: FiniteElementFlow, body: Body, alpha_deg: float) -> ComplexArray:
    """∂C_D/∂Re a_k + i ∂C_D/∂Im a_k at constant area, (K,), of the body at zero incidence.

    λ = μ_x λ_x + μ_y λ_y with Jᵀλ_j = 0 at the free nodes, λ_j = e_j on the wall, and (Bᵀ − 1) μ = e_x, where B
    are the reactions to the far-field modes. J is assembled at the solution; the factors are those of the last
    Newton step, and a few rounds of iterative refinement make up for the difference.
    """
    form = flow.form
    form.AssembleLinearization(flow.state.vec)
    modes = [(form.mat * mode).Evaluate() for mode in flow.far_field]
    responses = []
    for test in flow.tests:
        response = test.CreateVector()
        response.data = test
        for _ in range(REFINEMENTS + 1):
            response.data -= flow.inverse.T * (form.mat.T * response).Evaluate()
        responses.append(response)
    reactions = np.zeros((len(responses),) * 2)
    for column, mode in enumerate(modes):
        reactions[:, column] = [-flow.copies * InnerProduct(response, mode) for response in responses]
    weights = np.linalg.solve(reactions.T - np.eye(len(responses)), np.eye(len(responses))[0])
    adjoint = ng.GridFunction(flow.space)
    for weight, response in zip(weights.tolist(), responses, strict=True):
        adjoint.vec.data += flow.copies * weight * response
    adjoint.vec.data += form.harmonic_extension_trans.T * adjoint.vec
    return _chain_to_coefficients(flow, _shape_derivative(flow, adjoint), body, alpha_deg)


def _shape_derivative(flow: FiniteElementFlow, adjoint: ng.GridFunction) -> ng.GridFunction:
    """The density γ with dF = ∮ γ·V ds: the derivative of R(u, p; λ, θ) as the nodes of the wall move."""
    mesh = flow.mesh
    space = mesh.space(ng.VectorH1(mesh.mesh, order=flow.order))
    move, test = space.TnT()
    change = flow.integrand(flow.state.components, adjoint.components) * ng.dx(definedonelements=mesh.wall_layer)
    derivative = ng.LinearForm(change.DiffShape(test)).Assemble()
    mass = ng.BilinearForm(InnerProduct(move, test) * ng.ds(mesh.wall)).Assemble()
    density = ng.GridFunction(space)
    on_wall = space.GetDofs(mesh.mesh.Boundaries(mesh.wall))
    density.vec.data = mass.mat.Inverse(on_wall, "umfpack") * derivative.vec
    return density


def _chain_to_coefficients(
    flow: FiniteElementFlow, density: ng.GridFunction, body: Body, alpha_deg: float
) -> ComplexArray:
    """2 ∮ γ · ∂z/∂a_k ds by Gauss's rule on the wall's edges; autograd knows ∂z/∂a_k."""
    rule = ng.IntegrationRule(ng.SEGM, 2 * flow.order)
    points = flow.mesh.mesh.MapToAllElements(rule, flow.mesh.mesh.Boundaries(flow.mesh.wall))
    tangent = ng.specialcf.JacobianMatrix(2, 1)
    values = CF((density * ng.sqrt(InnerProduct(tangent, tangent)), x, y))(points)
    weights = np.resize(rule.weights, len(values))
    force = torch.from_numpy(2.0 * weights * (values[:, 0] + 1j * values[:, 1]))
    coefficients = body.coefficients[None].clone().requires_grad_()
    shape = laurent.rotate(coefficients, torch.tensor([math.radians(alpha_deg)], dtype=torch.float64))
    zeta = wall_parameter(shape.detach(), values[:, 2] + 1j * values[:, 3])
    work = (laurent.z(shape, zeta) * force.conj()).real.sum()
    gradient = torch.autograd.grad(work, coefficients)[0][0].numpy()
    return gradient.real + 0j if flow.mesh.axis else gradient
