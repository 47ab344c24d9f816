"""Work for files of targets, in a module that worker processes can import."""

import numpy as np


def doubled(indices: range) -> dict[str, np.ndarray]:
    """The target of sample i is 2i; every fifth is rejected."""
    numbers = np.array(indices)
    return {"target": 2.0 * numbers[:, None], "accepted": numbers % 5 != 4, "updates": np.array(len(numbers))}
