"""Memory that is freed stays with the process."""

import platform

import pytest
import torch

from fusiform.solvers.common.memory import keep_freed_memory

resource = pytest.importorskip("resource")  # not on Windows


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a property of glibc")
def test_an_array_in_the_place_of_a_freed_one_takes_no_new_pages():
    keep_freed_memory()

    def faults(count: int) -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(count):
            torch.zeros(2**20, dtype=torch.float64)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    faults(2)
    assert faults(50) < 50 * 2**23 // resource.getpagesize() // 5
