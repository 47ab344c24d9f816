"""Long work: jobs, refinement, training processes, caches."""
