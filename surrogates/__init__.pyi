__all__ = [
    "Correction",
    "CorrectionOutcome",
    "DesignSpace",
    "ErrorBounds",
    "FlowPrediction",
    "Prediction",
    "Surrogate",
    "SurrogateModel",
    "load_surrogate",
    "predict",
]

from .design_space import DesignSpace
from .interface import Correction, CorrectionOutcome, ErrorBounds, FlowPrediction, SurrogateModel
from .model.model_choice import load_surrogate, predict
from .model.prediction import Prediction
from .model.surrogate import Surrogate
