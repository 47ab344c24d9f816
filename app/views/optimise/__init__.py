"""The section Optimise."""
