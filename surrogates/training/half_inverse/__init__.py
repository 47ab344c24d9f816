"""Powers of a Jacobian's singular values without an SVD."""
