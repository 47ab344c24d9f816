"""How good a model is: held-out errors, calibration, model card."""
