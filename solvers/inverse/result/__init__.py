"""The result of a run: the optimum, its verification, reports, pictures and project file."""
