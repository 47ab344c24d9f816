"""Regions that a body contains or stays clear of: of the plane, and solids about an axis by their sections."""
