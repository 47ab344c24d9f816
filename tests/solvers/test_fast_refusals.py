"""Wrong input is refused before torch is imported, which takes more than a second, and without parsers of drawings."""

from __future__ import annotations

import json
import subprocess
import sys
from math import cos, sin

import pytest

REFUSALS = {
    "unknown name": ('load_body("nonsense")', "expected circle, ellipse:2"),
    "thick section": ('load_body("naca0099")', "expected four NACA digits"),
    "camber without a place": ('load_body("naca2012")', "expected a position of the camber"),
    "flat ellipse": ('load_body("ellipse:50")', "expected a fineness"),
    "too many modes": ('load_body("circle", modes=65)', "expected 1 to 64 modes"),
    "missing file": ('load_body("absent.csv")', "got no file at"),
    "folder": ('load_body("folder.svg")', "got no file at"),
    "other suffix": ('load_body("outline.txt")', "got 'outline.txt'"),
    "damaged drawing": ('load_body("damaged.svg")', "expected well-formed SVG"),
    "crossing outline": ('load_body("crossing.csv")', "does not cross itself"),
    "crossing points": (
        "geometry.write_outline('a.csv', [(0, 0), (1, 1), (1, 0), (0, 1), (-1, 0.5)])",
        "does not cross itself",
    ),
    "damaged point": ('load_body("damaged.dat")', "expected numbers of one form"),
    "plane": ('load_body("mesh.stl", axis="w")', "expected the axis x, y or z"),
    "place of the plane": ('load_body("mesh.stl", at=float("nan"))', "expected a finite place"),
    "plane of a name": ('load_body("circle", at=1.0)', "mesh to choose a part or a plane of"),
    "open outline": ('load_body("open.dat")', "expected a closed outline"),
    "Reynolds number": ("FlowConditions(1001.0)", "expected a Reynolds number"),
    "incidence": ("FlowConditions(10.0, 91.0)", "expected an angle of attack"),
    "length": ("inverse.MaxLength(-1.0)", "expected a positive length"),
    "station": ("inverse.MinThickness(0.1, at=2.0)", "expected a station"),
    "region": ("inverse.Payload(inverse.Rectangle(0, 0, 1, 0))", "expected a rectangle"),
    "wedge": ("inverse.WedgeAngle('nose')", "expected the wedge angle"),
    "lift": ("inverse.Lift()", "expected bounds of the lift"),
    "design point": ("inverse.DesignPoint(FlowConditions(10.0), -1.0)", "expected a positive weight"),
    "problem": ("inverse.problem_from({'body': 'circle'}, Path())", "expected either reynolds or"),
    "design space": (
        "DesignSpace(modes=0)",
        "expected modes of a design space to be a whole number from 1 to 32",
    ),
}
PROBE = """
import json, os, sys
from pathlib import Path
from fusiform.solvers import FlowConditions, InputError, geometry, inverse, load_body
from fusiform.surrogates import DesignSpace
for call in json.load(sys.stdin):
    if not os.fork():
        try:
            exec(call)
            sentence = "not refused"
        except InputError as error:
            sentence = str(error)
        loaded = sorted({"torch", "shapely", "ezdxf", "svgelements", "trimesh"} & set(sys.modules))
        print(json.dumps([call, loaded, sentence]), flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[str], str]]:
    """What each call has loaded and its sentence, in a fork of its own of one process that only has the imports."""
    folder = tmp_path_factory.mktemp("refusals")
    (folder / "folder.svg").mkdir()
    (folder / "damaged.svg").write_text("<svg><path")
    (folder / "crossing.csv").write_text("0,0\n1,1\n1,0\n0,1\n0.5,3\n0,0\n")
    (folder / "mesh.stl").write_bytes(b"")
    (folder / "damaged.dat").write_text("1 0\n0.5 0.1\n0057 0.1\n0 0\n0.2 -0.1\n0.5 -0.1\n")
    (folder / "open.dat").write_text("".join(f"{cos(0.3 * i)} {sin(0.3 * i)}\n" for i in range(11)))
    calls = json.dumps([call for call, _ in REFUSALS.values()])
    probe = [sys.executable, "-c", PROBE]
    done = subprocess.run(probe, input=calls, cwd=folder, capture_output=True, text=True, check=True)
    return {call: (loaded, sentence) for call, loaded, sentence in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize(("call", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_wrong_input_is_refused_without_torch(
    answers: dict[str, tuple[list[str], str]], call: str, sentence: str
) -> None:
    loaded, answer = answers[call]
    assert loaded == []
    assert answer.startswith("expected")
    assert sentence in answer


MODULES = (
    "solvers.inverse.problem.registry",
    "solvers.inverse.problem.problem_file",
    "surrogates.flow_training.recipe",
)


@pytest.mark.parametrize("name", MODULES)
def test_what_checks_a_file_is_imported_without_torch(name: str) -> None:
    probe = f"import fusiform.{name}, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", probe], check=True)
