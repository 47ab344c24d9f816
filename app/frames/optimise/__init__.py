"""Frames of the section Optimise and of its jobs."""
