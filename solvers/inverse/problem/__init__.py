"""The optimisation problem: design points, objectives, constraints, and the trial body that they measure."""
