"""Files appear whole or not at all, and folders that cannot be made are one sentence."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from full_disk import file_size_limit

from fusiform.solvers import InputError
from fusiform.solvers.common.errors import UnwritableError
from fusiform.solvers.common.files import (
    folder_held,
    make_folder,
    read_arrays,
    write_arrays,
    write_atomically,
    write_checked,
    write_json,
)


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("old")

    def fail(file: IO[bytes]) -> None:
        file.write(b"half of the ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, fail)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("result.json", "old")]


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_atomically(path, lambda file: file.write(bytes(100_000))),
        lambda path: write_checked(path, bytes(100_000), lambda data: True, "try again"),
        lambda path: write_arrays(path, {"x": np.zeros(100_000)}),
    ],
)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path, write: Callable[[Path], None]) -> None:
    path = tmp_path / "result"
    path.write_text("old")
    with file_size_limit(10_000), pytest.raises(UnwritableError, match=r"expected a place to write .* free space"):
        write(path)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("result", "old")]


def test_a_link_stays_and_the_file_that_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "folder" / "file")
    write_json(link, 1)
    assert link.is_symlink()
    assert (tmp_path / "folder" / "file").read_text() == "1\n"


def test_names_as_long_as_the_system_allows_are_written(tmp_path: Path) -> None:
    write_json(tmp_path / (250 * "n"), 1)
    with pytest.raises(UnwritableError, match="File name too long"):
        write_json(tmp_path / (300 * "n"), 1)


def test_a_device_a_folder_and_a_zero_byte_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder", "a\0b"):
        with pytest.raises(InputError, match=r"expected (a|the path of a) (file|place)"):
            write_json(tmp_path / name, 1)


def test_a_second_hold_of_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with folder_held(folder), pytest.raises(InputError, match="no other command"), folder_held(folder):
        pass
    with folder_held(folder):
        assert list(folder.iterdir()) == []


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
