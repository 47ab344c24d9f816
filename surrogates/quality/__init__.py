"""The quality of a model: held-out errors, calibration, model card."""
