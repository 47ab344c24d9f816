"""Rendering by VTK without a screen, where that works.

VTK ends the whole process where it finds neither EGL nor OSMesa, so a child process tries it first.
"""

from __future__ import annotations

import subprocess
import sys
from functools import cache

PROBE_SECONDS = 60.0
_PROBE = (
    "import pyvista; p = pyvista.Plotter(off_screen=True, window_size=(32, 32)); p.add_mesh(pyvista.Sphere()); "
    "raise SystemExit(0 if p.screenshot(return_img=True).std() > 1.0 else 1)"
)


@cache
def can_render() -> bool:
    """True if pyvista is installed and renders here without a screen; tried once, in another process."""
    try:
        tried = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, timeout=PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0
