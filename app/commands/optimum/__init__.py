"""The parts of `fusiform optimize`: its problem, the options for constraints, and its notes."""
