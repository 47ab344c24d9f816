"""Flows that change with time: the wake of a body that sheds vortices."""
