"""Batches are indexed along their first axis; chunks on disk are computed once."""

from dataclasses import dataclass

import pytest
import torch
from chunk_work import squares
from torch import Tensor

from fusiform.solvers.common.batches import concatenate, select
from fusiform.solvers.common.chunks import resume, stored_chunks
from fusiform.solvers.common.errors import InputError
from fusiform.solvers.common.provenance import digest_of, versions


@dataclass(frozen=True)
class Inner:
    values: Tensor


@dataclass(frozen=True)
class Record:
    rows: Tensor
    inner: Inner
    data: tuple[Tensor, ...]
    name: str


def record() -> Record:
    rows = torch.arange(6.0)
    return Record(rows, Inner(rows[:, None] * torch.ones(2)), (rows + 10, rows + 20), "it")


@pytest.mark.parametrize("index", [slice(1, 4), torch.tensor([4, 0]), torch.arange(6) % 2 == 0])
def test_select_indexes_every_tensor(index):
    part = select(record(), index)
    assert torch.equal(part.rows, torch.arange(6.0)[index])
    assert torch.equal(part.inner.values[:, 1], part.rows)
    assert torch.equal(part.data[1], part.rows + 20)
    assert part.name == "it"


def test_concatenate_undoes_select():
    whole = record()
    joined = concatenate([select(whole, slice(0, 2)), select(whole, slice(2, None))])
    assert torch.equal(joined.rows, whole.rows)
    assert torch.equal(joined.inner.values, whole.inner.values)
    assert torch.equal(joined.data[0], whole.data[0])


def test_stored_chunks_are_computed_once(tmp_path):
    counts: list[tuple[int, int]] = []
    first = stored_chunks(squares, range(3, 13), tmp_path, 4, 1, lambda done, total: counts.append((done, total)))
    assert first["square"].tolist() == [i * i for i in range(3, 13)]
    assert first["spent"].tolist() == [4, 4, 2]
    assert counts == [(0, 10), (4, 10), (8, 10), (10, 10)]
    kept = tmp_path / "bodies-000003.npz"
    before = kept.stat().st_mtime_ns
    (tmp_path / "bodies-000007.npz").unlink()
    counts.clear()
    again = stored_chunks(squares, range(3, 13), tmp_path, 4, 1, lambda done, total: counts.append((done, total)))
    assert again["square"].tolist() == first["square"].tolist()
    assert counts == [(6, 10), (10, 10)]
    assert kept.stat().st_mtime_ns == before


def test_a_damaged_chunk_is_one_sentence(tmp_path):
    (tmp_path / "bodies-000000.npz").write_bytes(b"PK damaged")
    with pytest.raises(InputError, match=r"got '.*bodies-000000\.npz' .* delete it"):
        stored_chunks(squares, range(2), tmp_path, 4, 1, lambda done, total: None)


def test_only_what_is_not_done_is_resumed():
    chunks = dict(resume(len, range(8), {2, 3}.__contains__, 3, 1, lambda *_: None))
    assert chunks == {range(0, 2): 2, range(4, 7): 3, range(7, 8): 1}


def test_provenance():
    assert {"python", "fusiform", "torch"} <= versions().keys()
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1}) != digest_of({"a": 2, "b": 2})
