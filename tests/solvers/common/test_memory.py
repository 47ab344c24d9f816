"""Memory that is freed stays with the process."""

import platform
import subprocess
import sys

import pytest

MAPPED = """
import ctypes
import torch
from fusiform.solvers.common.memory import keep_freed_memory

class Mallinfo(ctypes.Structure):
    _fields_ = [(f"field{i}", ctypes.c_int) for i in range(10)]

mallinfo = ctypes.CDLL(None).mallinfo
mallinfo.restype = Mallinfo

def mapped(megabytes):
    before = mallinfo().field3
    held = torch.empty(megabytes * 2**20, dtype=torch.uint8)
    return mallinfo().field3 - before

print(mapped(20))
keep_freed_memory()
print(mapped(30))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a property of glibc")
def test_arrays_of_many_megabytes_are_no_longer_mapped_from_the_system_one_by_one():
    """glibc gives a mapped block back to the system when it is freed; the fourth field of mallinfo(3) counts them."""
    done = subprocess.run([sys.executable, "-c", MAPPED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "0"]
