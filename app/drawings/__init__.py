"""Drawings: components, pictures, plots and reports."""
