"""The course of a run: its iterates, its early end, its checkpoint and its outcome."""
