"""What was found: the optimum, its verification, reports and pictures."""
