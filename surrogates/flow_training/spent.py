"""What the targets of a run cost."""

from __future__ import annotations

from dataclasses import dataclass

from fusiform.surrogates.training import TargetFiles


@dataclass(frozen=True)
class Spent:
    """Costs of targets: bodies drawn, those accepted, those with tangents, and factorisations."""

    drawn: int = 0
    accepted: int = 0
    with_tangents: int = 0
    factorisations: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    @classmethod
    def on(cls, files: TargetFiles, *, tangents: bool = False) -> Spent:
        """The cost of the targets in `files`."""
        accepted = int(files.accepted.sum())
        return cls(len(files.accepted), accepted, accepted if tangents else 0, files.inversions)
