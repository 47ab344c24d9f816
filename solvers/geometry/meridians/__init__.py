"""Meridians of bodies of revolution: given as points, and from formulas."""
