"""Inverse design by pressure."""
