"""Targets on disk and labels: stores that give what a cache in memory would, without asking the physics."""

import pytest
import torch
from target_work import doubled
from training_problems import Linear, data, network, weights

from fusiform.solvers import InputError
from fusiform.surrogates.training import (
    NEVER,
    Batch,
    FirstOrder,
    Labelled,
    RefreshConfig,
    ScaleInvariantPhysics,
    TargetCache,
    TargetFiles,
)


class Silent(Linear):
    """A physics that must not be asked."""

    def inverse(self, outputs, batch):
        raise AssertionError("asked for a target that is there already")


def no_network(inputs):
    raise AssertionError("asked for outputs that are not needed")


def test_what_is_on_disk_is_not_made_again(tmp_path):
    steps = []
    files = TargetFiles.make(doubled, range(20), tmp_path, workers=2, progress=lambda *step: steps.append(step))
    assert steps[0] == (0, 20)
    assert steps[-1] == (20, 20)
    assert files.rows["target"][:, 0].tolist() == [2.0 * i for i in range(20)]
    assert files.inversions == 20
    assert int(files.accepted.sum()) == 16
    kept = {path: path.stat().st_mtime_ns for path in sorted(tmp_path.iterdir())}
    assert len(kept) == 3
    lost = next(iter(kept))
    lost.unlink()
    del kept[lost]
    again = TargetFiles.make(doubled, range(20), tmp_path)
    assert torch.equal(again.rows["target"], files.rows["target"])
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_samples_are_numbered_after_those_with_labels(tmp_path):
    files = TargetFiles.make(doubled, range(6), tmp_path, first=2)
    labels = torch.tensor([[-1.0], [-2.0]]).double()
    batch = Batch.of(torch.zeros(8, 1).double()).select(torch.tensor([7, 0, 6, 1, 2]))
    found = Labelled(labels, files).targets(no_network, batch, Silent())
    assert found.values[:, 0].tolist() == [10.0, -1.0, 8.0, -2.0, 0.0]
    assert found.accepted.tolist() == [True, True, False, True, True]
    assert found.inversions == 0


def test_labels_are_given_without_network_or_physics():
    labels = torch.rand(4, 2).double()
    batch = Batch.of(torch.zeros(4, 1).double()).select(torch.tensor([3, 1]))
    found = Labelled(labels, TargetCache()).targets(no_network, batch, Silent())
    assert torch.equal(found.values, labels[[3, 1]])


def test_rows_without_a_target_are_refused():
    with pytest.raises(InputError, match="expected targets with accepted, updates, got none"):
        TargetFiles({"target": torch.zeros(1, 1)})


def test_the_rule_learns_the_same_from_files_as_from_a_cache_that_never_asks_again():
    batch, once = data(), RefreshConfig(moved=float("inf"), retry=NEVER)
    made = TargetCache(once).targets(network(), batch, Linear())
    files = TargetFiles({"target": made.values, "accepted": made.accepted, "updates": torch.tensor([made.inversions])})
    trained = []
    for store in (TargetCache(once), files):
        net = network()
        rule = ScaleInvariantPhysics(FirstOrder(torch.optim.Adam(net.parameters(), lr=0.01)), store)
        for _ in range(5):
            rule.step(net, batch, Linear())
        trained.append(weights(net))
    assert torch.equal(*trained)
    assert rule.state_dict()["targets"] == {}
