__all__ = [
    "DesignSpace",
    "Prediction",
    "Surrogate",
    "load_surrogate",
]

from .design_space import DesignSpace
from .model.surrogate import Prediction, Surrogate, load_surrogate
