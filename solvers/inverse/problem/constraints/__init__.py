"""The constraints of the optimiser, a class each, and what all of them have in common."""
