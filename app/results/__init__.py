"""Results as the app keeps, writes and reads them: solutions and optima, project files, training runs, tables."""
