"""Outlines moved along their normal, and densities over them."""
