"""Plotly figures, which the browser draws."""
