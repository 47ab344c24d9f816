"""Data parallelism under torchrun: sums over the processes. In a single process everything here is the identity."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
from torch import Tensor, nn
from torch import distributed as dist

PATIENCE = timedelta(days=7)  # process 0 may be solving flows for as long


def _running() -> bool:
    return dist.is_available() and dist.is_initialized()


def world_size() -> int:
    """Number of processes that train together."""
    return dist.get_world_size() if _running() else 1


def rank() -> int:
    """Number of this process; 0 writes the files."""
    return dist.get_rank() if _running() else 0


@contextmanager
def process_group() -> Iterator[None]:
    """Join the other processes that `torchrun` started (environment WORLD_SIZE > 1): gloo, and nccl between GPUs.

    Once for a whole run: a group that is left cannot be joined again at the same address. Inside another one it does
    nothing.
    """
    if _running() or int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield
        return
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=PATIENCE)
    try:
        yield
    finally:
        dist.destroy_process_group()


@contextmanager
def first_alone() -> Iterator[None]:
    """Process 0 runs the block; the others wait, then run it one by one and use the files that it wrote."""
    if rank() > 0:
        dist.barrier()
    yield
    if world_size() > 1 and rank() == 0:
        dist.barrier()


def average(value: float) -> float:
    """Mean of a number over the processes."""
    if world_size() == 1:
        return value
    number = torch.tensor(value, dtype=torch.float64)
    dist.all_reduce(number)
    return float(number) / world_size()


@torch.no_grad()
def average_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Replace each gradient by its mean over the processes; a missing gradient counts as zero."""
    if world_size() == 1:
        return
    parameters = list(parameters)
    flat = torch.cat([_gradient(p).flatten() for p in parameters])
    dist.all_reduce(flat)
    flat /= world_size()
    for p, mean in zip(parameters, torch.split(flat, [p.numel() for p in parameters]), strict=True):
        p.grad = mean.view_as(p).to(p.dtype).clone()


def _gradient(parameter: nn.Parameter) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


@torch.no_grad()
def broadcast_weights(network: nn.Module) -> None:
    """Give every process the parameters and buffers of process 0."""
    if world_size() > 1:
        for tensor in network.state_dict().values():
            dist.broadcast(tensor, 0)
