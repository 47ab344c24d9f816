"""The steady flow past a batch of bodies: mapped grid, equations, Newton, forces, adjoint, state inverse, fields."""
