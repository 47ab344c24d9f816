"""The comparison of the training methods on the flow, in small."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "training_methods.py"
METHODS = ("supervised, AdamW", "DP, AdamW", "SIP, AdamW", "HIG", "SIP+HIG")


def test_the_comparison_of_the_methods_runs_and_scale_invariant_training_learns(tmp_path):
    command = [
        sys.executable,
        str(SCRIPT),
        "--smoke",
        "--workers",
        "1",
        "--seconds",
        "2",
        "--seeds",
        "1",
        "--out",
        str(tmp_path),
    ]
    done = subprocess.run([*command, "--methods", *METHODS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    records = {r["method"]: r for r in (json.loads(p.read_text()) for p in tmp_path.glob("*-0.json"))}
    assert set(records) == set(METHODS)
    assert all(r["steps"] > 0 for r in records.values())
    assert records["SIP, AdamW"]["bodies"] > 0
    assert records["SIP, AdamW"]["after"]["field median"] < records["SIP, AdamW"]["before"]["field median"]
    assert all(f"| {name} |" in done.stdout for name in METHODS)
