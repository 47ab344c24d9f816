"""The section Design."""
