"""Work for chunks, in a module that worker processes can import."""

import numpy as np


def squares(chunk: range) -> dict[str, np.ndarray]:
    return {"square": np.array(chunk) ** 2, "spent": np.array(len(chunk))}
