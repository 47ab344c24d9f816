"""Files of a training run: `last.pt`, `best.pt` and `metrics.jsonl`, never half written, never out of step.

The metrics may be ahead of the last checkpoint when a run is killed between the two; they are cut back when it
continues.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from fusiform.solvers.common.errors import InputError, require
from fusiform.solvers.common.files import make_folder, write_atomically
from fusiform.surrogates.training.loop.stored_state import read_state, write_state
from fusiform.surrogates.training.update_rule import UpdateRule


@dataclass(frozen=True)
class Progress:
    """The progress of a run: steps, seconds of training, lowest validation, validations since, stopped early or not."""

    step: int = 0
    seconds: float = 0.0
    best: float = float("inf")
    stale: int = 0
    stopped: bool = False


class RunFiles:
    """The folder of one run."""

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self.last = folder / "last.pt"
        self.best = folder / "best.pt"
        self.metrics = folder / "metrics.jsonl"

    def store(self, network: nn.Module, rule: UpdateRule, progress: Progress) -> None:
        """Write `last.pt`: weights, the rule's state, random numbers, progress."""
        state = {
            "network": network.state_dict(),
            "rule": rule.state_dict(),
            "random": torch.get_rng_state(),
            "random_gpu": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            "progress": asdict(progress),
        }
        write_state(self.last, state)

    def store_best(self, network: nn.Module) -> None:
        """Write `best.pt`: the weights alone."""
        write_state(self.best, {"network": network.state_dict()})

    def load_best(self, network: nn.Module) -> None:
        """Take the weights of `best.pt`."""
        device = next(network.parameters()).device
        _load_weights(network, read_state(self.best, device), self.best)

    def resume(self, network: nn.Module, rule: UpdateRule) -> Progress:
        """Take everything from `last.pt` if it is there, and cut the metrics back to it."""
        if not self.last.exists():
            self.metrics.unlink(missing_ok=True)
            return Progress()
        device = next(network.parameters()).device
        state = read_state(self.last, device)
        _load_weights(network, state, self.last)
        try:
            rule.load_state_dict(state["rule"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"expected a checkpoint of this training method in {self.last}, got one of another method or version; "
                "use another folder"
            ) from error
        torch.set_rng_state(state["random"].cpu())
        if state["random_gpu"] and torch.cuda.is_available():
            torch.cuda.set_rng_state_all([s.cpu() for s in state["random_gpu"]])
        progress = Progress(**state["progress"])
        self._cut(progress.step)
        return progress

    def append(self, line: dict[str, Any]) -> None:
        """One JSON line of metrics; numbers that are not finite become null."""
        finite = {k: v if not isinstance(v, float) or abs(v) < float("inf") else None for k, v in line.items()}
        with self.metrics.open("a") as file:
            file.write(json.dumps(finite) + "\n")

    def _cut(self, step: int) -> None:
        if not self.metrics.exists():
            return
        lines = self.metrics.read_text(errors="replace").splitlines(keepends=True)
        kept = [line for line in lines if _step_of(line) <= step]
        write_atomically(self.metrics, lambda file: file.write("".join(kept).encode()))


def _load_weights(network: nn.Module, state: dict[str, Any], path: Path) -> None:
    """Take the weights of a state; `InputError` for those of another network."""
    own, weights = network.state_dict(), state.get("network", {})
    require(
        list(weights) == list(own) and all(weights[name].shape == value.shape for name, value in own.items()),
        f"expected a checkpoint of this network in {path}, got one with other parameters; use another folder",
    )
    network.load_state_dict(weights)


def _step_of(line: str) -> float:
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return float("inf")  # a line that was not written to its end
