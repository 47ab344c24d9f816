"""What is drawn: components, pictures, plots and reports."""
