"""Data sets on disk: restarts, stored states, unreadable folders."""

import pytest
import torch
from small_training import small_recipe

from fusiform.solvers import InputError
from fusiform.solvers.flow import State, force_coefficients
from fusiform.surrogates.data.dataset import load_dataset, problem_of
from fusiform.surrogates.data.samples import encoded_samples, scaled_snapshots
from fusiform.surrogates.flow_training.cases import make_data
from fusiform.surrogates.model.flow_basis import fit_basis
from fusiform.surrogates.model.force_scaling import force_outputs


def test_a_restart_solves_only_what_is_missing(small_cases, tmp_path):
    cases = sorted((small_cases / "train").glob("case-*.npz"))
    assert len(cases) == 10
    kept = {path: path.stat().st_mtime_ns for path in cases[1:]}
    before = load_dataset(small_cases / "train")
    cases[0].unlink()
    calls = []
    make_data(small_recipe(tmp_path), small_cases, workers=1, progress=lambda *step: calls.append(step))
    assert ("train cases", 9, 10, "solved") in calls
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    torch.testing.assert_close(load_dataset(small_cases / "train").omega, before.omega)


def test_stored_states_solve_the_equations(small_cases):
    """The stored forces are those of the single-precision φ and ω, and of the scalar Q = D/(ρU)."""
    dataset = load_dataset(small_cases / "heldout")
    samples = encoded_samples(dataset, scaled_snapshots(dataset), load_basis(small_cases))
    drag = samples.outputs[:, -4] + samples.outputs[:, -3]
    torch.testing.assert_close(drag, 2 * dataset.scalars[:, 0], rtol=1e-7, atol=0)
    problem = problem_of(dataset.designs, dataset.resolution)
    assert problem.metric.shape == (4, 17, 60)
    state = State(dataset.phi.double(), dataset.omega.double(), dataset.scalars)
    torch.testing.assert_close(force_outputs(*force_coefficients(problem, state)), dataset.forces, rtol=0, atol=1e-4)


def load_basis(small_cases):
    dataset = load_dataset(small_cases / "train")
    return fit_basis(scaled_snapshots(dataset), 6, dataset.resolution)


def test_missing_data_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="with a manifest"):
        load_dataset(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"readable manifest of a data set, got manifest\.json .* delete it"):
        load_dataset(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"readable manifest of a data set, got manifest\.json .* delete it"):
        load_dataset(tmp_path)
