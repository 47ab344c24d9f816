"""Spectral elements on the mapped plane: their nodes and quadrature, numbering, and place around a body."""
