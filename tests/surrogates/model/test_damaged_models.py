"""Every damage of a model's folder is one sentence, found by the checksums or, where those are right, by the values."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save
from small_model import small_model

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.model.model_folder import (
    ARRAYS,
    CONFIGURATION,
    NEW_ARRAYS,
    OF_ARRAYS,
    OF_CONFIGURATION,
    checksum_of,
    read_configuration,
    sealed,
)

BODY, CONDITIONS = Body.ellipse(2.0), FlowConditions(5.0, 3.0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    small_model().save(folder)
    return folder


def require_refusal(folder: Path, *, without_arrays: bool = False) -> None:
    with pytest.raises(InputError, match=r"expected .*, got .*; .*") as caught:
        (read_configuration if without_arrays else load_surrogate)(folder)
    assert len(str(caught.value)) < 600
    assert str(caught.value).isprintable()


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_flipped_bit_is_found_or_changes_nothing(model: Path, data: Any) -> None:
    path = model / data.draw(st.sampled_from([ARRAYS, CONFIGURATION]))
    content = path.read_bytes()
    at, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    expected = read_configuration(model)
    damaged = bytearray(content)
    damaged[at] ^= 1 << bit
    path.write_bytes(damaged)
    try:
        found = read_configuration(model)  # white space, or a digit beyond the precision of a number
    except InputError:
        found = None
    finally:
        path.write_bytes(content)
    assert found is None or (found == expected and path.name == CONFIGURATION)


@pytest.mark.parametrize("name", [ARRAYS, CONFIGURATION])
@pytest.mark.parametrize("keep", [0, 1, 0.5, -3])
def test_a_file_that_was_cut_is_refused_without_torch(model: Path, tmp_path: Path, name: str, keep: float) -> None:
    for each in (ARRAYS, CONFIGURATION):
        (tmp_path / each).write_bytes((model / each).read_bytes())
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(keep * len(content)) if keep == 0.5 else int(keep)])
    require_refusal(tmp_path, without_arrays=True)


def test_an_edited_configuration_is_refused_with_its_checksum(model: Path, tmp_path: Path) -> None:
    values = json.loads((model / CONFIGURATION).read_text())
    values["space"]["reynolds_max"] = 90.0
    (tmp_path / CONFIGURATION).write_text(json.dumps(values))
    (tmp_path / ARRAYS).write_bytes((model / ARRAYS).read_bytes())
    with pytest.raises(InputError, match=r"config\.json with the checksum .* damaged or was edited"):
        read_configuration(tmp_path)


def reseal(model: Path, folder: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """A copy of the model with changed values and arrays and with the right checksums."""
    values, arrays = json.loads((model / CONFIGURATION).read_text()), load_file(model / ARRAYS)
    for key in [key for key in values if key == "format" or key.endswith("_sha256")]:
        del values[key]
    change(values, arrays)
    content = save(arrays)
    folder.mkdir(exist_ok=True)
    (folder / ARRAYS).write_bytes(content)
    (folder / CONFIGURATION).write_text(json.dumps(sealed(values, content)))


def leaves(values: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(values, dict):
        return [path]
    return [path, *(leaf for key, entry in values.items() for leaf in leaves(entry, (*path, key)))][not path :]


def put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        values = values[key]
    if value is MISSING:
        del values[path[-1]]
    else:
        values[path[-1]] = value


MISSING = object()
WRONG = {
    "missing": MISSING,
    "none": None,
    "true": True,
    "text": "many",
    "list": [1],
    "table": {"a": 1},
    "nan": float("nan"),
    "inf": float("inf"),
    "-1": -1,
    "half": 0.5,
    "1e9": 10**9,
    "1e30": 1e30,
    "10**400": 10**400,
    "long": "x" * 10**6,
}
FINE = {  # within the range of the key, or another kind of the same meaning
    ("name",): ("text",),
    ("space", "fineness_min"): ("half",),
    ("space", "reynolds_min"): ("half",),
    ("space", "reynolds_max"): ("half",),
    ("space", "alpha_max_deg"): ("half",),
    ("space", "symmetric_share"): ("half",),
    ("error", "radius"): ("half", "1e9"),
    ("error", "drag", "distance_exponent"): ("half",),
    ("error", "drag", "residual_exponent"): ("half",),
    ("error", "lift", "distance_exponent"): ("half",),
    ("error", "lift", "residual_exponent"): ("half",),
    ("card",): ("table",),
    ("card", "full_solves"): ("missing", "1e9"),
    ("card", "versions"): ("missing", "table"),
    ("card", "versions", "fusiform"): tuple(WRONG),
}
EXPONENTS = dict.fromkeys(("distance_exponent", "residual_exponent"))
RESOLUTION = dict.fromkeys(("radial_elements", "angular_elements", "radial_degree", "angular_degree"))
PATHS = leaves(json.loads(json.dumps({
    "name": "", "architecture": {"width": 0, "depth": 0}, "resolution": RESOLUTION,
    "space": dict.fromkeys(("modes", "fineness_min", "fineness_max", "reynolds_min", "reynolds_max", "alpha_max_deg",
                            "symmetric_share", "margin")),
    "error": {"radius": 0, "drag": EXPONENTS, "lift": EXPONENTS},
    "card": {"full_solves": 0, "versions": {"fusiform": ""}},
})))  # fmt: skip


def test_the_table_of_paths_is_complete(model: Path) -> None:
    values = json.loads((model / CONFIGURATION).read_text())
    assert {path for path in leaves(values) if path[0] != "format" and not path[0].endswith("_sha256")} == set(PATHS)


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_a_wrong_value_with_the_right_checksum_is_refused(model: Path, tmp_path: Path, path: tuple[str, ...]) -> None:
    for name, value in WRONG.items():
        reseal(model, tmp_path, lambda values, arrays, value=value: put(values, path, value))
        unreadable = name in ("nan", "inf", "10**400")
        if name in FINE.get(path, ()) and not unreadable:
            read_configuration(tmp_path)
        else:
            require_refusal(tmp_path)


@pytest.mark.parametrize("text", ["", "[" * 100_000, "null", "[]", '{"format": 4}', '{"format": {"a": 1}}', "\ud800"])
def test_another_json_is_refused(model: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / ARRAYS).write_bytes((model / ARRAYS).read_bytes())
    (tmp_path / CONFIGURATION).write_bytes(text.encode(errors="surrogatepass"))
    require_refusal(tmp_path, without_arrays=True)


def set_first(number: float) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        changed = array.copy()
        changed.flat[0] = number
        return changed

    return change


DAMAGE: dict[str, Callable[[Any], Any]] = {
    "NaN": set_first(np.nan),
    "inf": set_first(np.inf),
    "cut": lambda array: array[:-1] if array.ndim else np.zeros(2, array.dtype),
    "empty": lambda array: array.reshape(-1)[:0],
    "another axis": lambda array: array[None],
    "integers": lambda array: array.astype(np.int64),
    "another precision": lambda array: array.astype(np.float64 if array.dtype == np.float32 else np.float32),
}
ARRAY_NAMES = sorted(
    [f"network.perceptron.{layer}.{part}" for layer in ("first", "hidden.0", "last") for part in ("weight", "bias")]
    + [f"network.{name}" for name in ("parity", "input_mean", "input_spread", "output_mean", "output_spread")]
    + [f"basis.{name}" for name in ("vectors", "mean", "parity", "spread", "field_scale", "coefficient_scale")]
    + ["drag_scale", "drag_levels", "lift_levels", "anchors"]
)
HUGE = {"anchors": None}  # every finite number of its type is possible
ZERO = ("network.input_spread", "network.output_spread", "basis.field_scale", "basis.coefficient_scale",
        "network.parity", "basis.parity", "network.output_mean")  # fmt: skip


@pytest.mark.parametrize("name", ARRAY_NAMES)
def test_a_damaged_array_with_the_right_checksum_is_refused(model: Path, tmp_path: Path, name: str) -> None:
    damage = dict(DAMAGE)
    if name not in HUGE:
        damage["huge"] = set_first(1e30)
    if name in ZERO:
        damage["zero"] = np.zeros_like
    if name != "anchors":  # one training design less is another model
        damage["missing"] = lambda array: None
    else:
        del damage["cut"]
    for change in damage.values():
        reseal(model, tmp_path, lambda values, arrays, change=change: replace_array(arrays, name, change(arrays[name])))
        require_refusal(tmp_path)


def replace_array(arrays: dict[str, Any], name: str, array: Any) -> None:
    if array is None:
        del arrays[name]
    else:
        arrays[name] = np.ascontiguousarray(array)


def test_the_names_of_arrays_are_complete_and_no_other_is_accepted(model: Path, tmp_path: Path) -> None:
    assert sorted(load_file(model / ARRAYS)) == ARRAY_NAMES
    reseal(model, tmp_path, lambda values, arrays: arrays.update(more=np.zeros(3, np.float32)))
    require_refusal(tmp_path)


@pytest.mark.parametrize("name", ["network.parity", "basis.parity"])
def test_a_wrong_parity_is_refused(model: Path, tmp_path: Path, name: str) -> None:
    reseal(model, tmp_path, lambda values, arrays: replace_array(arrays, name, -arrays[name]))
    with pytest.raises(InputError, match="expected a network with the parity of its basis"):
        load_surrogate(tmp_path)


@pytest.mark.parametrize("stop_after", [0, 1, 2])
def test_a_writer_that_ends_at_any_time_leaves_the_old_model_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    old = small_model()
    parts = {name: getattr(old, name) for name in vars(old) if not name.startswith("_")}
    new = type(old)(**{**parts, "name": "new", "drag_scale": 2.0 * old.drag_scale})
    old.save(tmp_path)
    renamed = []

    def rename(source: object, target: object) -> None:
        if len(renamed) == stop_after:
            raise KeyboardInterrupt
        renamed.append(shutil.move(source, target))

    monkeypatch.setattr("os.replace", rename)
    monkeypatch.setattr("pathlib.Path.replace", rename)
    with pytest.raises(KeyboardInterrupt):
        new.save(tmp_path)
    monkeypatch.undo()
    found, expected = load_surrogate(tmp_path), new if stop_after == 2 else old
    assert found.name == expected.name
    assert found.drag_scale.tolist() == expected.drag_scale.tolist()
    new.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {ARRAYS, CONFIGURATION}
    assert load_surrogate(tmp_path).name == "new"


def test_writers_that_end_one_after_another_leave_a_whole_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second ends after its arrays have taken the place of the first one's, which had no usual name yet."""
    small_model().save(tmp_path)
    (tmp_path / ARRAYS).rename(tmp_path / NEW_ARRAYS)
    whole = small_model()
    parts = {name: getattr(whole, name) for name in vars(whole) if not name.startswith("_")}
    other = type(whole)(**{**parts, "drag_scale": 2.0 * whole.drag_scale})

    def end(path: Path, values: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fusiform.surrogates.model.model_folder.write_json", end)
    with pytest.raises(KeyboardInterrupt):
        other.save(tmp_path)
    assert load_surrogate(tmp_path).drag_scale.tolist() == whole.drag_scale.tolist()


def test_a_broken_model_is_not_written(tmp_path: Path) -> None:
    whole = small_model()
    broken = whole.network
    broken.perceptron.last.bias.data[0] = float("nan")
    parts = {name: getattr(whole, name) for name in vars(whole) if not name.startswith("_")}
    with pytest.raises(InputError, match=r"numbers of network\.perceptron\.last\.bias .* got nan .* lower rates"):
        type(whole)(**{**parts, "network": broken}).save(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_model_that_was_resealed_without_a_change_answers_the_same(model: Path, tmp_path: Path) -> None:
    reseal(model, tmp_path, lambda values, arrays: None)
    one, two = (load_surrogate(folder).evaluate(BODY, CONDITIONS) for folder in (model, tmp_path))
    assert one.drag_coefficient == two.drag_coefficient


@pytest.mark.parametrize("checksum", [None, 3, [], {}, "", "0" * 64])
def test_a_checksum_that_is_none_is_refused(model: Path, tmp_path: Path, checksum: object) -> None:
    for name in (OF_ARRAYS, OF_CONFIGURATION):
        values = json.loads((model / CONFIGURATION).read_text())
        values[name] = checksum
        if name == OF_ARRAYS:
            del values[OF_CONFIGURATION]
            values[OF_CONFIGURATION] = checksum_of(values)
        (tmp_path / ARRAYS).write_bytes((model / ARRAYS).read_bytes())
        (tmp_path / CONFIGURATION).write_text(json.dumps(values))
        with pytest.raises(InputError, match="with the checksum that it was written with"):
            read_configuration(tmp_path)
