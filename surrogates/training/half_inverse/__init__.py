"""Powers of the singular values of a Jacobian, without its SVD."""
