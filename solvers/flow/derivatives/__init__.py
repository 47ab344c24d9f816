"""Derivatives of steady flows, and updates of approximate ones, from the factorised Jacobian."""
