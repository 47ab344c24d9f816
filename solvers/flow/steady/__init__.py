"""Steady flows: Newton's method, continuation, and levels of degrees until the estimated error is small enough."""
