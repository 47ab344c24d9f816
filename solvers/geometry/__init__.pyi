__all__ = [
    "DEFAULT_MODES",
    "Body",
    "LaurentFit",
    "displaced",
    "drag_sensitivity",
    "fit_outline",
    "is_valid",
    "load_body",
    "parse_outline",
    "read_outline",
    "sample_names",
    "univalence_margin",
    "write_outline",
    "write_stl",
]

from .body import Body
from .formats.outline_files import parse_outline, read_outline, write_outline, write_stl
from .library import load_body, sample_names
from .normal_displacement import displaced, drag_sensitivity
from .outline_fitting import DEFAULT_MODES, LaurentFit, fit_outline
from .validity import is_valid, univalence_margin
