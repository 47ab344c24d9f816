__all__ = [
    "NEVER",
    "OPTIMIZERS",
    "Batch",
    "Data",
    "Ended",
    "FirstOrder",
    "HalfInverseConfig",
    "HalfInverseGradients",
    "Inverse",
    "InvertiblePhysics",
    "Labelled",
    "Physics",
    "RefreshConfig",
    "Regression",
    "RobustRegression",
    "ScaleInvariantPhysics",
    "SpectralPower",
    "StepReport",
    "TangentData",
    "TangentNetwork",
    "TangentRegression",
    "TangentTargets",
    "TargetCache",
    "TargetFiles",
    "TargetStore",
    "Targets",
    "TrainConfig",
    "TrainResult",
    "UpdateRule",
    "constant",
    "invert",
    "loss_of",
    "muon",
    "one_cycle",
    "soap",
    "train",
]

from .half_inverse.spectral_power import SpectralPower
from .loop.schedule import constant, one_cycle
from .loop.train_config import Ended, TrainConfig, TrainResult
from .loop.training_loop import train
from .methods.first_order import OPTIMIZERS, FirstOrder, muon, soap
from .methods.half_inverse_gradients import HalfInverseConfig, HalfInverseGradients
from .methods.proxy import RobustRegression
from .methods.scale_invariant_physics import ScaleInvariantPhysics
from .methods.tangents import TangentData, TangentNetwork, TangentRegression, TangentTargets
from .methods.target_cache import NEVER, RefreshConfig, TargetCache
from .methods.target_files import TargetFiles
from .methods.targets import Labelled, Targets, TargetStore, invert
from .physics import Batch, Data, Inverse, InvertiblePhysics, Physics, Regression, loss_of
from .update_rule import StepReport, UpdateRule
