"""A recipe for the smallest model that can be trained at all; `steps`: those of the supervised stage."""

RECIPE = """# A tiny model for a test.
[dataset]
count = 6
seed = 1
[heldout]
count = 3
seed = 2
[calibration]
count = 3
seed = 3
[space]
modes = 3
fineness_min = 1.5
fineness_max = 3.0
reynolds_min = 2.0
reynolds_max = 10.0
[resolution]
radial_elements = 4
angular_elements = 12
radial_degree = 4
angular_degree = 5
[network]
basis = 4
width = 16
depth = 1
[fit]
steps = {steps}
batch = 6
[training]
method = "dp"
rounds = 1
bodies = 4
round_steps = 40
[equations]
batch = 4
"""
