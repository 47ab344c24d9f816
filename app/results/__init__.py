"""Results of the app: kept solutions and optima, project files, training runs, tables."""
