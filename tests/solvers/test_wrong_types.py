"""Arguments of a wrong type, shape or range are answered by one sentence, for every public function of the solvers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fusiform import solvers
from fusiform.solvers import (
    Body,
    FlowConditions,
    InputError,
    Solution,
    export_body,
    geometry,
    load_body,
    mean_drag,
    solve,
    stability,
)

SENTENCE = re.compile(r"expected .+, got .+[;:] .+")
NAN, INF = float("nan"), float("inf")
NO_NUMBERS: list[Any] = [None, "a", "2", True, [], [2.0], NAN, INF, 2j, 10**400, np.ones(2), torch.ones(2), object()]
NO_POSITIVE = [*NO_NUMBERS, 0.0, -1.0, 1e-300, 1e300]
NO_COUNTS = [*NO_NUMBERS, 0, -1, 2.5, 10**12]
NO_TEXTS: list[Any] = [None, True, 2412, 2.0, [], ["circle"], NAN, 2j, b"circle", np.zeros(2)]
NO_BODIES: list[Any] = [None, "circle", True, 2, [0.1], NAN, FlowConditions(10.0), Body]
NO_OUTLINES: list[Any] = [
    None,
    "outline",
    True,
    1.0,
    [],
    [[]],
    np.zeros((0, 2)),
    np.zeros((6, 3)),
    [(0, 0), (1, 0), (1,)],
    [("a", "b")] * 6,
    [("0", "0"), ("2", "0"), ("2", "1"), ("1", "1"), ("0", "1")],
    np.array([0, 2, 2 + 1j, 1 + 1j, 1j]),
    np.array([(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)]) + 0j,
    [(None, 0), (2, 0), (2, 1), (1, 1), (0, 1)],
    [(NAN, 0), (2, 0), (2, 1), (1, 1), (0, 1)],
    torch.ones(6, 2, requires_grad=True),
    {"x": 1},
]
NO_COEFFICIENTS: list[Any] = [
    None,
    "a",
    True,
    0.1,
    [],
    [None],
    ["a"],
    ["0.1"],
    [NAN],
    [[0.1]],
    [0.1, [0.2]],
    np.zeros((0,)),
    [0.0] * 65,
    {"a": 1},
]
NO_ROWS: list[Any] = [
    None,
    "a",
    True,
    [[0.1]],
    np.zeros((1, 2), dtype=complex),
    torch.zeros(2, dtype=torch.complex128),
    torch.zeros(1, 0, dtype=torch.complex128),
    torch.zeros(1, 2),
    torch.zeros(1, 1, 2, dtype=torch.complex128),
]
NO_DISPLACEMENTS: list[Any] = [
    None,
    "a",
    True,
    0.1,
    [],
    ["0.1"],
    [NAN],
    [0.1j],
    [[0.1]],
    [0.1, [0.2]],
    [None],
    torch.ones(3, requires_grad=True),
]
NO_GRADIENTS: list[Any] = [
    None,
    "a",
    True,
    [1.0, 2.0],
    np.zeros(2, dtype=complex),
    torch.zeros(3, dtype=torch.complex128),
    torch.zeros(1, dtype=torch.complex128),
    torch.zeros(1, 2, dtype=torch.complex128),
    torch.zeros((), dtype=torch.complex128),
    torch.zeros(2, dtype=torch.bool),
    torch.tensor([NAN, 0.0]),
]
NO_PATHS: list[Any] = [
    None,
    True,
    3,
    2.0,
    [],
    b"box.csv",
    2j,
    "",
    "box",
    "box.txt",
    "absent/box.csv",
    "\0.csv",
    "a" * 300 + ".csv",
]
NO_FILES: list[Any] = [*NO_PATHS, "absent.csv", "."]
NO_AXES: list[Any] = [None, True, 0, "a", "X", [], ["z"], {}]
NO_UNITS: list[Any] = [None, True, 1.0, "a", "", [], ["m"]]

BODY = Body([0.2, 0.1j])
STREAM = FlowConditions(10.0)
BOX = [(0, 0), (2, 0), (2, 1), (1, 1), (0, 1)]
TEXT = "0 0\n2 0\n2 1\n1 1\n0 1\n"


@cache
def solved() -> Solution:
    return solve(BODY, STREAM, grid="coarse")


def some(*values: Any, of: list[Any]) -> list[Any]:
    """The wrong values but those of `values`, which are right for the argument."""
    return [value for value in of if not any(value is one for one in values)]


WRONG: dict[str, tuple[Callable[[Any], object], list[Any]]] = {
    "FlowConditions reynolds": (FlowConditions, [*NO_POSITIVE, 0.049, 1001]),
    "FlowConditions alpha_deg": (partial(FlowConditions, 10.0), [*NO_NUMBERS, 91.0, -91.0]),
    "Body coefficients": (Body, NO_COEFFICIENTS),
    "Body reference_length": (partial(Body, [0.1]), NO_POSITIVE),
    "Body name": (lambda name: Body([0.1], name=name), NO_TEXTS),
    "Body fit_error": (lambda error: Body([0.1], fit_error=error), [*NO_NUMBERS, -1.0]),
    "Body origin": (
        lambda origin: Body([0.1], origin=origin),
        [None, "a", True, [], NAN, INF, 1e300j, 10**400, [1j], np.zeros(2)],
    ),
    "Body given_outline": (
        lambda points: Body([0.1], given_outline=points),
        [points for points in NO_OUTLINES if points is not None],
    ),
    "Body source": (lambda source: Body([0.1], source=source), [None, 3, []]),
    "circle diameter": (Body.circle, NO_POSITIVE),
    "circle modes": (lambda modes: Body.circle(modes=modes), NO_COUNTS),
    "ellipse fineness": (Body.ellipse, [*NO_POSITIVE, 21.0]),
    "ellipse reference_length": (lambda d: Body.ellipse(2.0, reference_length=d), NO_POSITIVE),
    "ellipse modes": (lambda modes: Body.ellipse(2.0, modes=modes), NO_COUNTS),
    "naca digits": (Body.naca, [*NO_TEXTS, "", "12", "00123", "00１2", "0000"]),
    "naca chord": (lambda chord: Body.naca("0012", chord=chord), NO_POSITIVE),
    "naca modes": (lambda modes: Body.naca("0012", modes=modes), NO_COUNTS),
    "from_outline points": (Body.from_outline, NO_OUTLINES),
    "from_outline max_fit_error": (
        lambda largest: Body.from_outline(BOX, max_fit_error=largest),
        [*some(None, of=NO_NUMBERS), -1.0],
    ),
    "from_outline name": (lambda name: Body.from_outline(BOX, name=name), [None, 3, []]),
    "from_outline source": (lambda source: Body.from_outline(BOX, source=source), [None, 3, []]),
    "from_outline modes": (lambda modes: Body.from_outline(BOX, modes=modes), NO_COUNTS),
    "from_file path": (Body.from_file, NO_FILES),
    "from_file axis": (lambda axis: Body.from_file("box.csv", axis=axis), NO_AXES),
    "from_file at": (lambda at: Body.from_file("box.csv", at=at), some(None, of=NO_NUMBERS)),
    "from_file modes": (lambda modes: Body.from_file("box.csv", modes=modes), NO_COUNTS),
    "outline count": (BODY.outline, NO_COUNTS),
    "is_symmetric tolerance": (BODY.is_symmetric, [*NO_NUMBERS, -1.0]),
    "with_modes modes": (BODY.with_modes, NO_COUNTS),
    "load_body spec": (load_body, [*NO_TEXTS, "", "a", "ellipse:", "ellipse:nan", "naca1", "absent.csv"]),
    "load_body modes": (lambda modes: load_body("teardrop", modes=modes), NO_COUNTS),
    "solve body": (lambda body: solve(body, STREAM), NO_BODIES),
    "solve conditions": (partial(solve, BODY), [None, "a", True, 40, 40.0, [10.0], NAN, BODY, FlowConditions]),
    "solve grid": (lambda grid: solve(BODY, STREAM, grid=grid), [None, "a", True, 3, [], ["coarse"], np.zeros(2)]),
    "solve tolerance": (lambda t: solve(BODY, STREAM, grid="auto", tolerance=t), [*NO_POSITIVE, 1.0]),
    "solve start": (lambda start: solve(BODY, STREAM, start=start), [True, "a", 1, [], BODY, Solution]),
    "solve device": (lambda device: solve(BODY, STREAM, device=device), [None, "a", True, 1.5, [], "meta"]),
    "stability solution": (stability, [*NO_BODIES, BODY, Solution]),
    "stability critical": (lambda critical: stability(solved(), critical), [None, "a", 1, 0.0, []]),
    "mean_drag solution": (mean_drag, [*NO_BODIES, BODY, Solution]),
    "mean_drag longest": (lambda longest: mean_drag(solved(), longest=longest), NO_POSITIVE),
    "mean_drag step": (lambda step: mean_drag(solved(), step=step), NO_POSITIVE),
    "mean_drag elements": (lambda e: mean_drag(solved(), elements=e), [None, "a", True, 8, (8, 12, 6, 8)]),
    "mean_drag checkpoint": (lambda path: mean_drag(solved(), checkpoint=path), [True, 3, 2.0, [], 2j, b"a", "\0"]),
    "mean_drag resume": (lambda path: mean_drag(solved(), resume=path), some(None, of=NO_PATHS)),
    "export_body body": (lambda body: export_body(body, "body.csv"), NO_BODIES),
    "export_body path": (partial(export_body, BODY), NO_PATHS),
    "export_body unit": (lambda unit: export_body(BODY, "body.svg", unit=unit), NO_UNITS),
    "export_body chord": (lambda c: export_body(BODY, "body.csv", chord=c), some(None, of=NO_POSITIVE)),
    "export_body span": (lambda span: export_body(BODY, "body.stl", span=span), some(None, of=NO_POSITIVE)),
    "export_body field": (lambda field: export_body(BODY, "body.vts", field=field), [None, "a", True, [], BODY]),
    "fit_outline points": (geometry.fit_outline, NO_OUTLINES),
    "fit_outline modes": (partial(geometry.fit_outline, BOX), NO_COUNTS),
    "parse_outline content": (lambda content: geometry.parse_outline(content, ".dat"), [None, True, 3, [], "", "a b"]),
    "parse_outline suffix": (partial(geometry.parse_outline, TEXT), [None, True, 3, [], "", "dat", ".txt", b".dat"]),
    "parse_outline axis": (lambda axis: geometry.parse_outline(b"solid", ".stl", axis=axis), NO_AXES),
    "parse_outline at": (lambda at: geometry.parse_outline(b"solid", ".stl", at=at), some(None, of=NO_NUMBERS)),
    "read_outline path": (geometry.read_outline, NO_FILES),
    "read_outline axis": (lambda axis: geometry.read_outline("box.csv", axis=axis), NO_AXES),
    "read_outline at": (lambda at: geometry.read_outline("box.csv", at=at), some(None, of=NO_NUMBERS)),
    "write_outline path": (lambda path: geometry.write_outline(path, BOX), NO_PATHS),
    "write_outline points": (partial(geometry.write_outline, "new.csv"), NO_OUTLINES),
    "write_outline name": (lambda name: geometry.write_outline("new.dat", BOX, name=name), NO_TEXTS),
    "write_outline unit": (lambda unit: geometry.write_outline("new.svg", BOX, unit=unit), NO_UNITS),
    "write_stl path": (lambda path: geometry.write_stl(path, BOX), NO_PATHS),
    "write_stl points": (partial(geometry.write_stl, "new.stl"), NO_OUTLINES),
    "write_stl span": (lambda span: geometry.write_stl("new.stl", BOX, span=span), NO_POSITIVE),
    "is_valid coefficients": (geometry.is_valid, NO_ROWS),
    "univalence_margin coefficients": (geometry.univalence_margin, NO_ROWS),
    "displaced body": (lambda body: geometry.displaced(body, np.zeros(8)), NO_BODIES),
    "displaced displacement": (partial(geometry.displaced, BODY), NO_DISPLACEMENTS),
    "pulled body": (lambda body: geometry.pulled(body, 0.0, 0.1), NO_BODIES),
    "pulled eta": (lambda eta: geometry.pulled(BODY, eta, 0.1), NO_NUMBERS),
    "pulled displacement": (lambda height: geometry.pulled(BODY, 0.0, height), NO_NUMBERS),
    "pulled width": (lambda width: geometry.pulled(BODY, 0.0, 0.1, width), [*NO_NUMBERS, 0.0, -1.0, 1e-300]),
    "drag_sensitivity body": (lambda body: geometry.drag_sensitivity(body, torch.zeros(2)), NO_BODIES),
    "drag_sensitivity gradient": (partial(geometry.drag_sensitivity, BODY), NO_GRADIENTS),
    "drag_sensitivity count": (lambda count: geometry.drag_sensitivity(BODY, torch.zeros(2), count), NO_COUNTS),
    "wall_elements body": (geometry.wall_elements, NO_BODIES),
    "wall_elements count": (lambda count: geometry.wall_elements(BODY, count), NO_COUNTS),
}
RESULTS = {  # made by the package alone
    "Solution",
    "ForceGradient",
    "SolveOutcome",
    "InputError",
    "LaurentFit",
    "MeanDrag",
    "MeanDragOutcome",
    "MeanDragProgress",
    "Stability",
    "StabilityOutcome",
}
WITHOUT_ARGUMENTS = {"sample_names"}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "box.csv").write_text("0,0\n2,0\n2,1\n1,1\n0,1\n")


@pytest.mark.parametrize("name", WRONG)
def test_wrong_arguments_are_one_sentence(name: str) -> None:
    call, values = WRONG[name]
    found = [(value, text) for value in values for text in wrong_answers(call, value)]
    assert found == []


def wrong_answers(call: Callable[[Any], object], value: Any) -> Iterator[str]:
    """Nothing for an `InputError` of one sentence, else a description of what happened."""
    try:
        call(value)
    except InputError as error:
        if not SENTENCE.fullmatch(str(error)):
            yield f"{value!r}: {error}"
    except Exception as error:
        yield f"{value!r}: {type(error).__name__}: {error}"
    else:
        yield f"{value!r}: an answer"


def test_every_public_function_is_in_the_table() -> None:
    public = {name for name in (*solvers.__all__, *geometry.__all__) if not name.isupper()}
    tested = {entry.split()[0] for entry in WRONG}
    assert public - RESULTS - WITHOUT_ARGUMENTS == {name for name in tested if not hasattr(Body, name)}


@pytest.mark.parametrize("force", [None, "a", True, 1, [], "Drag"])
def test_a_gradient_is_that_of_a_known_force(force: Any) -> None:
    solution = solve(Body.circle(), STREAM, grid="coarse")
    with pytest.raises(InputError, match="expected the force drag or lift"):
        solution.gradient(force)


def test_numbers_of_numpy_are_numbers() -> None:
    assert FlowConditions(np.float64(10.0), np.int64(5)) == FlowConditions(10.0, 5.0)
    assert Body.circle(np.float32(2.0), modes=np.int64(4)).modes == 4
    assert BODY.outline(np.int64(4)).shape == (4, 2)
