__all__ = [
    "DEFAULT_MODES",
    "MODES_RANGE",
    "SUFFIXES",
    "Body",
    "LaurentFit",
    "displaced",
    "drag_sensitivity",
    "fit_outline",
    "is_valid",
    "load_body",
    "parse_outline",
    "pulled",
    "read_outline",
    "sample_names",
    "univalence_margin",
    "wall_elements",
    "write_outline",
    "write_stl",
]

from .body import Body
from .displacement.normal_displacement import displaced, pulled
from .displacement.wall_sensitivity import drag_sensitivity, wall_elements
from .fitting.outline_fitting import LaurentFit, fit_outline
from .formats.extruded_solid import write_stl
from .formats.outline_files import SUFFIXES, parse_outline, read_outline
from .formats.outline_writers import write_outline
from .library import load_body, sample_names
from .limits import DEFAULT_MODES, MODES_RANGE
from .validity import is_valid, univalence_margin
