"""Training on the flow: recipes, targets, stages, the whole run."""
