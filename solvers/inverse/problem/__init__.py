"""What is asked: design points, objectives, constraints, and the body they are measured on."""
