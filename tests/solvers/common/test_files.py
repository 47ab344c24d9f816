"""Files appear whole or not at all, and folders that cannot be made are one sentence."""

from pathlib import Path
from typing import IO

import numpy as np
import pytest

from fusiform.solvers import InputError
from fusiform.solvers.common.files import make_folder, read_arrays, write_arrays, write_atomically


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("old")

    def fail(file: IO[bytes]) -> None:
        file.write(b"half of the ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, fail)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("result.json", "old")]


def test_arrays_come_back_and_a_damaged_file_is_a_sentence_with_its_remedy(tmp_path: Path) -> None:
    path, arrays = tmp_path / "new" / "arrays.npz", {"x": np.linspace(0.0, 1.0, 5), "n": np.array(3)}
    write_arrays(path, arrays)
    back = read_arrays(path, "delete it")
    assert back.keys() == arrays.keys()
    assert all(np.array_equal(back[key], arrays[key]) for key in arrays)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InputError, match="delete it"):
        read_arrays(path, "delete it")


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    (tmp_path / "a" / "file").touch()
    with pytest.raises(InputError, match=r"expected a folder to write to, got .* choose another"):
        make_folder(tmp_path / "a" / "file" / "c")
