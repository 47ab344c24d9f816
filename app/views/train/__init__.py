"""The section Train."""
