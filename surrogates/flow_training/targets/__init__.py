"""Targets from the inverse of the flow: the physics of the training, values, and derivatives along the design."""
