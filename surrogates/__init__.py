"""Neural surrogates of the flow solver: data, training, queries."""

from fusiform.surrogates.model import Prediction, Surrogate, load_surrogate

__all__ = ["Prediction", "Surrogate", "load_surrogate"]
