"""Frames of the section Design."""
