"""Bodies as exterior Laurent maps: making, importing, checking, writing."""

from fusiform.solvers.geometry.body import Body
from fusiform.solvers.geometry.displacement import displaced, drag_sensitivity
from fusiform.solvers.geometry.export import export_body
from fusiform.solvers.geometry.files import parse_outline, read_outline, write_outline, write_stl
from fusiform.solvers.geometry.fitting import DEFAULT_MODES, LaurentFit, fit_outline
from fusiform.solvers.geometry.library import load_body, sample_names
from fusiform.solvers.geometry.validity import is_valid, univalence_margin

__all__ = [
    "DEFAULT_MODES",
    "Body",
    "LaurentFit",
    "displaced",
    "drag_sensitivity",
    "export_body",
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
