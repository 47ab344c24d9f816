"""From what error does one update of the state inverse bring how much? On held-out bodies, started from a surrogate.

python tests/benchmarks/state_inverse_basin.py [BODIES]
"""

import sys

import torch

from fusiform.solvers.flow import solve_batch
from fusiform.surrogates import load_surrogate
from fusiform.surrogates.designs import Designs, sample, turned
from fusiform.surrogates.flow_training.settings import InverseConfig
from fusiform.surrogates.flow_training.targets.flow_physics import FlowPhysics
from fusiform.surrogates.flow_training.targets.flow_targets import invert_flows

SEED = 77_777
CHUNK = 8
SETTINGS = [(1, 1), (2, 1), (4, 1), (8, 1), (4, 2)]


def _row(label: str, outputs: torch.Tensor, truth: torch.Tensor, chosen: torch.Tensor, updates: float) -> str:
    outputs, truth = outputs[chosen], truth[chosen]
    drag = ((outputs[:, -4] + outputs[:, -3]) / (truth[:, -4] + truth[:, -3]) - 1.0).abs()
    flow = (outputs - truth)[:, :-4].norm(dim=1) / truth[:, :-4].norm(dim=1)
    numbers = [f"{float(e.quantile(q)):.1e}" for e in (drag, flow) for q in (0.5, 0.9, 1.0)]
    return f"| {label} | {chosen.double().mean():.0%} | {updates:.2f} | " + " | ".join(numbers) + " |"


def main() -> None:
    """Print one Markdown row for the network and two for each setting: all bodies, and those that are accepted."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 96
    surrogate = load_surrogate()
    chunks: list[Designs] = [
        sample(surrogate.space, SEED, range(i, min(i + CHUNK, count))) for i in range(0, count, CHUNK)
    ]
    physics = FlowPhysics(surrogate.basis, surrogate.drag_scale)
    truth, network = [], []
    for designs in chunks:
        flow = solve_batch(turned(designs), designs.reynolds, surrogate.basis.resolution)
        truth.append(physics.outputs(flow.problem, flow.state))
        network.append(surrogate.network(turned(designs), designs.reynolds))
    exact, everyone = torch.cat(truth), torch.ones(count, dtype=torch.bool)
    print("| state | share | factorisations | drag median | 90 % | max | flow median | 90 % | max |")
    print("|---|---|---|---|---|---|---|---|---|")
    print(_row("network", torch.cat(network), exact, everyone, 0.0))
    for chord_steps, max_updates in SETTINGS:
        answers = [
            invert_flows(surrogate, designs, InverseConfig(0.02, chord_steps, max_updates)) for designs in chunks
        ]
        outputs = torch.cat([answer.values for answer in answers])
        accepted = torch.cat([answer.accepted for answer in answers])
        spent = sum(answer.inversions for answer in answers) / count
        label = f"{max_updates} update{'s' * (max_updates > 1)}, {chord_steps} chord steps"
        print(_row(f"{label}: all", outputs, exact, everyone, spent))
        print(_row(f"{label}: accepted", outputs, exact, accepted, spent), flush=True)


if __name__ == "__main__":
    main()
