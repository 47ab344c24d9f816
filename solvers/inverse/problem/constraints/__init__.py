"""The constraints of the optimiser, one class each, and their common base."""
