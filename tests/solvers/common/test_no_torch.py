"""The modules that check input and write files start fast: none of them imports torch or another wing."""

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "name", ["array_values", "bounded_text", "chunks", "errors", "files", "processes", "provenance", "tables"]
)
def test_the_module_imports_no_torch_and_no_other_wing(name: str) -> None:
    code = f"import json, sys, fusiform.solvers.common.{name}; print(json.dumps(list(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(found.stdout))
    assert "torch" not in loaded
    ours = {module for module in loaded if module.startswith("fusiform")} - {"fusiform", "fusiform.solvers"}
    assert all(module.startswith("fusiform.solvers.common") for module in ours)
