"""Damaged files in the folder of a training: one sentence with the file and the remedy, and the remedy works."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from damage import DAMAGE, with_array
from small_training import small_recipe

from fusiform.solvers import InputError
from fusiform.surrogates.flow_training.checkpoint_errors import HeldoutDrag
from fusiform.surrogates.flow_training.train_model import train
from fusiform.surrogates.training.loop.stored_state import read_state, write_state

TANGENTS = """rounds = 1
bodies = 9
round_steps = 3
[tangents]
bodies = 2
candidates = 1
steps = 3
optimizer = "adamw"
"""


@pytest.fixture(scope="module")
def trained(small_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    train(small_recipe(folder, "sip", TANGENTS, steps=5), small_cases, folder / "run", 1)
    return folder / "run"


@pytest.fixture(scope="module")
def weights(small_cases: Path, trained: Path) -> dict[str, torch.Tensor]:
    """Those of the undamaged run."""
    return again(small_cases, trained)


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    shutil.copytree(trained, tmp_path / "run")
    return tmp_path / "run"


def again(cases: Path, run: Path) -> dict[str, torch.Tensor]:
    recipe = small_recipe(run.parent, "sip", TANGENTS, steps=5)
    return train(recipe, cases, run, 1).network.state_dict()


FILES = ("recipe.json", "supervised/last.pt", "sip-1-targets/bodies-000000.npz", "tangents-targets/bodies-000000.npz")


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_one_sentence(small_cases: Path, run: Path, name: str, damage: str) -> None:
    path = run / name
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    match = rf"^expected .*({re.escape(name)}.*; .*(delete|another folder)|of another; choose another)"
    with pytest.raises(InputError, match=match) as caught:
        again(small_cases, run)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", [*FILES, "sip-1-start/config.json"])
def test_a_deleted_file_is_made_again(
    small_cases: Path, weights: dict[str, torch.Tensor], run: Path, name: str
) -> None:
    (run / name).unlink()
    found = again(small_cases, run)
    assert all(torch.equal(found[key], value) for key, value in weights.items())


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_damaged_model_at_the_start_of_a_stage_is_one_sentence(small_cases: Path, run: Path, name: str) -> None:
    path = run / "sip-1-start" / name
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match=r"expected the model that a stage begins with in .*; delete that folder"):
        again(small_cases, run)


def test_every_flipped_bit_of_a_checkpoint_is_found_or_changes_nothing(trained: Path, tmp_path: Path) -> None:
    expected = read_state(trained / "supervised" / "last.pt", "cpu")
    content = (trained / "supervised" / "last.pt").read_bytes()
    path, draw = tmp_path / "last.pt", np.random.default_rng(0)
    for place in draw.integers(0, len(content), 400):
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(draw.integers(8))
        path.write_bytes(damaged)
        try:
            found = read_state(path, "cpu")
        except InputError:
            continue
        assert found["progress"] == expected["progress"]
        assert all(torch.equal(found["network"][name], value) for name, value in expected["network"].items())


@pytest.mark.parametrize("state", [{}, {"network": {}}, {"network": {"w": torch.zeros(1)}}])
def test_a_checkpoint_of_something_else_is_one_sentence(small_cases: Path, run: Path, state: dict[str, object]) -> None:
    write_state(run / "supervised" / "last.pt", state)
    with pytest.raises(InputError, match=r"expected a checkpoint of this network in .*last\.pt, got .*another folder"):
        again(small_cases, run)
    torch.save([1, 2], run / "supervised" / "last.pt")
    with pytest.raises(InputError, match=r"expected a readable checkpoint in .*last\.pt"):
        again(small_cases, run)


def test_a_checkpoint_with_a_changed_number_is_refused(tmp_path: Path) -> None:
    state = {"network": {"w": torch.arange(3.0)}, "progress": {"step": 3}, "list": [1, (2.0, None, "x")]}
    write_state(tmp_path / "a.pt", state)
    assert read_state(tmp_path / "a.pt", "cpu")["list"] == [1, (2.0, None, "x")]
    stored = torch.load(tmp_path / "a.pt", weights_only=True)
    stored["network"]["w"][1] += 1e-6
    torch.save(stored, tmp_path / "a.pt")
    with pytest.raises(InputError, match="another checksum"):
        read_state(tmp_path / "a.pt", "cpu")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"null\n[]\n", b'{"step": "x"}\n', b"[" * 100_000])
def test_damaged_metrics_are_harmless(
    small_cases: Path, weights: dict[str, torch.Tensor], run: Path, content: bytes
) -> None:
    (run / "sip-1" / "metrics.jsonl").write_bytes(content)
    found = again(small_cases, run)
    assert all(torch.equal(found[key], value) for key, value in weights.items())


def test_wrong_targets_are_one_sentence(small_cases: Path, run: Path) -> None:
    path = run / "sip-1-targets" / "bodies-000000.npz"
    content = path.read_bytes()
    for name, change, match in (
        ("target", lambda a: np.full_like(a, np.nan), "finite numbers for accepted targets"),
        ("target", lambda a: a[:, :-1], "expected .*target"),
        ("target", lambda a: a[:-1], "rows of each array"),
        ("accepted", lambda a: a.astype(float), "expected .*accepted"),
        ("reynolds", lambda a: a * 1e3, "expected the numbers of reynolds"),
        ("coefficients", lambda a: a * np.nan, "expected the numbers of coefficients"),
        ("updates", lambda a: np.array(-1), "expected the numbers of updates"),
        ("updates", lambda a: None, "expected .*updates"),
    ):
        with_array(path, name, change)
        with pytest.raises(InputError, match=f"{match}.*delete it and run again"):
            again(small_cases, run)
        path.write_bytes(content)


def test_weights_that_are_no_numbers_end_the_training_with_a_sentence(small_cases: Path, run: Path) -> None:
    last = run / "supervised" / "last.pt"
    state = read_state(last, "cpu")
    next(iter(state["network"].values())).fill_(float("nan"))
    write_state(last, state)
    match = "expected a training that converges, .* after the stage supervised; lower its"
    with pytest.raises(InputError, match=match):
        again(small_cases, run)


def test_the_drag_of_a_damaged_checkpoint_is_one_sentence(small_cases: Path, run: Path) -> None:
    heldout = HeldoutDrag.of(small_recipe(run.parent, "sip", TANGENTS, steps=5), small_cases)
    assert heldout.errors(run / "sip-1")["median"] > 0
    (run / "sip-1" / "last.pt").write_bytes(b"PK")
    with pytest.raises(InputError, match="expected a readable checkpoint"):
        heldout.errors(run / "sip-1")
    assert json.loads((run / "recipe.json").read_text())["cases"] == 10
