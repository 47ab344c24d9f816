"""The section Why."""
