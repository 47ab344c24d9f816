"""Damaged, foreign and missing files of a data set: one sentence that names the file and the remedy."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from damage import DAMAGE, with_array
from small_training import small_recipe

from fusiform.solvers import InputError
from fusiform.surrogates.data.case_files import expected_case, read_cases
from fusiform.surrogates.data.dataset import load_dataset
from fusiform.surrogates.data.dataset_folder import read_manifest, require_cases
from fusiform.surrogates.data.force_cases import load_force_cases
from fusiform.surrogates.flow_training.cases import load_training_cases, make_data

CASE = "case-000002.npz"


@pytest.fixture
def folder(small_cases: Path, tmp_path: Path) -> Path:
    shutil.copytree(small_cases / "heldout", tmp_path / "heldout")
    return tmp_path / "heldout"


def require_refusal(folder: Path, match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        load_dataset(folder)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["manifest.json", CASE])
def test_a_damaged_file_is_one_sentence(folder: Path, name: str, damage: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(DAMAGE[damage](content))
    require_refusal(
        folder, rf"^expected .*{re.escape(name)}.*[;,] (delete|use another|add|correct|check|got .* did you mean)"
    )


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_failures_are_one_sentence(folder: Path, damage: str) -> None:
    (folder / CASE).unlink()
    content = json.dumps({"2": "no flow"}).encode()
    (folder / "failures.json").write_bytes(content)
    assert len(load_dataset(folder)) == 3
    (folder / "failures.json").write_bytes(DAMAGE[damage](content))
    if damage == "flipped":  # a letter of the reason
        assert len(load_dataset(folder)) == 3
    else:
        require_refusal(folder, r"^expected .*failures[.]json.*; delete it and run `fusiform dataset` again")


@pytest.mark.parametrize("values", [{"x": "no"}, {"-1": "no"}, {"2": 3}, {"02": "no"}, {"9" * 30: "no"}, {"²": "no"}])
def test_failures_are_numbers_with_reasons(folder: Path, values: object) -> None:
    (folder / "failures.json").write_text(json.dumps(values))
    require_refusal(folder, "expected numbers of cases with a reason for each in .*failures.json")


def test_every_flipped_byte_of_a_case_is_found_or_changes_nothing(folder: Path) -> None:
    wanted = expected_case(read_manifest(folder).config)
    (expected,), content = read_cases([folder / CASE], wanted), (folder / CASE).read_bytes()
    last = len(content) - 1500  # the records of the archive, alike for its eight arrays: every third byte
    places = [*range(0, 200), *range(200, 600, 3), *range(600, last, 997), *range(last, len(content), 3)]
    for place in places:
        damaged = bytearray(content)
        damaged[place] ^= 0x41
        (folder / CASE).write_bytes(damaged)
        try:
            (found,) = read_cases([folder / CASE], wanted)
        except InputError:
            continue
        assert all(np.array_equal(found[name], expected[name]) for name in wanted)


WRONG = {
    "NaN": lambda array: np.full_like(array, np.nan),
    "inf": lambda array: np.full_like(array, np.inf),
    "huge": lambda array: np.full_like(array, 1e30),
    "another axis": lambda array: array[None],
    "empty": lambda array: array.reshape(-1)[:0],
    "another precision": lambda array: array.astype(np.float16),
    "texts": lambda array: np.full(array.shape, "x"),
    "none": lambda array: None,
}


@pytest.mark.parametrize("damage", WRONG)
@pytest.mark.parametrize(
    "name", ["coefficients", "alpha", "reynolds", "phi", "omega", "scalars", "forces", "factorisations"]
)
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast", "ignore:overflow encountered in cast")
@pytest.mark.filterwarnings("ignore:Casting complex values to real")
def test_a_wrong_array_of_a_case_is_one_sentence(folder: Path, name: str, damage: str) -> None:
    if name == "factorisations" and damage in ("NaN", "inf", "huge"):
        with_array(folder / CASE, name, lambda array: np.full_like(array, 10**9))
    else:
        with_array(folder / CASE, name, WRONG[damage])
    require_refusal(folder, rf"^expected (?=.*{name}).*{CASE}.*; delete it and run `fusiform dataset` again")


@pytest.mark.parametrize("damage", ["NaN", "inf", "huge", "another axis", "none"])
@pytest.mark.parametrize("name", ["forces", "errors"])
def test_wrong_forces_of_a_calibration_case_are_one_sentence(
    small_cases: Path, tmp_path: Path, name: str, damage: str
) -> None:
    folder = tmp_path / "calibration"
    shutil.copytree(small_cases / "calibration", folder)
    with_array(folder / CASE, name, WRONG[damage])
    with pytest.raises(InputError, match=rf"^expected (?=.*{name}).*{CASE}.*; delete it and run `fusiform dataset`"):
        load_force_cases(folder)


def test_a_set_of_flows_is_no_set_of_forces(folder: Path, small_cases: Path) -> None:
    with pytest.raises(InputError, match=r"expected the arrays .*'errors', 'forces'.* got others or fewer"):
        load_force_cases(folder)
    require_refusal(small_cases / "calibration", "expected the arrays .* got others or fewer")


def test_compressed_arrays_are_refused_before_they_are_unpacked(folder: Path) -> None:
    np.savez_compressed(folder / CASE, phi=np.zeros(10**7))
    require_refusal(folder, "its arrays are compressed")


def test_a_case_that_is_there_twice_is_refused(folder: Path) -> None:
    shutil.copy(folder / "case-000001.npz", folder / CASE)
    require_refusal(folder, rf"expected another case in .*{CASE}.*, got that of case-000001\.npz; delete it")


@pytest.mark.parametrize("name", ["case-000002 (copy).npz", "case-000004.npz", "case-2.npz", "case-x.npz"])
def test_a_case_that_does_not_belong_to_the_set_is_refused(folder: Path, name: str) -> None:
    shutil.copy(folder / CASE, folder / name)
    require_refusal(folder, "expected cases 0 to 3 in .*, got .* too; delete it or use another folder")


def test_leftovers_of_a_killed_writer_are_harmless(folder: Path) -> None:
    (folder / ".0123456789abcdef.part").write_bytes(b"PK half of a ca")
    assert len(load_dataset(folder)) == 4


def test_an_incomplete_set_is_no_set(small_cases: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(small_cases, data)
    recipe = small_recipe(tmp_path)
    (data / "train" / "case-000007.npz").unlink()
    sentence = r"expected 10 cases in .*train, got 9 of them; run `fusiform dataset` to the end"
    for read in (lambda: load_training_cases(recipe, data), lambda: require_cases(data, "heldout", "train")):
        with pytest.raises(InputError, match=sentence):
            read()
    make_data(recipe, data, workers=1)
    assert len(load_training_cases(recipe, data)) == 10


def test_a_larger_set_serves_a_smaller_recipe_with_its_first_cases_alone(small_cases: Path, tmp_path: Path) -> None:
    recipe = small_recipe(tmp_path)
    path = tmp_path / "supervised-60.toml"
    path.write_text(path.read_text().replace("count = 10", "count = 8"))
    smaller = type(recipe)(**{**vars(recipe), "dataset": type(recipe.dataset)(**{**vars(recipe.dataset), "count": 8})})
    assert len(load_training_cases(smaller, small_cases)) == 8
    make_data(smaller, small_cases, workers=1)
    assert len(load_training_cases(recipe, small_cases)) == 10
    larger = type(recipe)(**{**vars(recipe), "dataset": type(recipe.dataset)(**{**vars(recipe.dataset), "count": 12})})
    with pytest.raises(InputError, match=r"expected 12 cases in .*, got 10 of them; run `fusiform dataset` to the end"):
        load_training_cases(larger, small_cases)


def test_an_edited_manifest_is_refused(folder: Path) -> None:
    values = json.loads((folder / "manifest.json").read_text())
    values["config"]["space"]["reynolds_max"] = 50.0
    (folder / "manifest.json").write_text(json.dumps(values))
    require_refusal(folder, r"expected the digest .* manifest\.json.* damaged or was edited; use another folder")
