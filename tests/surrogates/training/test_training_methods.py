"""The comparison of the training methods on the flow, in small."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "training_methods.py"
SIP = "SIP, AdamW"
EVERY = ("supervised, AdamW", "DP, AdamW", SIP, "HIG", "SIP+HIG")


@pytest.mark.parametrize(
    "methods",
    [(SIP, "SIP+HIG"), pytest.param(EVERY, marks=pytest.mark.slow)],
    ids=["two with inverses", "every kind of method"],
)
def test_the_comparison_of_the_methods_runs_and_scale_invariant_training_learns(tmp_path, methods):
    options = ["--smoke", "--workers", "1", "--seconds", "2", "--seeds", "1", "--out", str(tmp_path)]
    command = [sys.executable, str(SCRIPT), *options, "--methods", *methods]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    records = {r["method"]: r for r in (json.loads(p.read_text()) for p in tmp_path.glob("*-0.json"))}
    assert set(records) == set(methods)
    assert all(r["steps"] > 0 for r in records.values())
    assert records[SIP]["bodies"] > 0
    assert records[SIP]["after"]["field median"] < records[SIP]["before"]["field median"]
    assert all(f"| {name} |" in done.stdout for name in methods)
