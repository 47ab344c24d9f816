"""The training library is usable without our flow: it loads no solver."""

import subprocess
import sys

SCRIPT = """
import importlib, pkgutil, sys
import fusiform.surrogates.training as training
for name in training.__all__:
    getattr(training, name)
for module in pkgutil.walk_packages(training.__path__, training.__name__ + "."):
    importlib.import_module(module.name)
allowed = ("fusiform.surrogates.training", "fusiform.solvers.common")
faces = ("fusiform", "fusiform.solvers", "fusiform.surrogates")
own = [name for name in sys.modules if name.partition(".")[0] == "fusiform"]
print(*(name for name in own if name not in faces and not name.startswith(allowed)))
"""


def test_all_of_the_library_loads_nothing_but_the_ground_floor():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
