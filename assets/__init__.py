"""Data that ships with Fusiform: sample bodies, trained models, recipes."""
