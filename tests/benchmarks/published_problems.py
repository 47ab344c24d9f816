"""Published test problems of physics-based training, with the update rules of this library.

    OMP_NUM_THREADS=1 python tests/benchmarks/published_problems.py [toy] [oscillators] [inverse] [conditioning]

Prints Markdown tables and writes them and `published_problems.png` to `assets/training/`; about twelve minutes on a
quiet core. All sides of a comparison run in one process, from the same start, on the same samples. Times are CPU
seconds of one thread, which is wall clock on a quiet core, and leave out the measuring of losses. Knobs are tuned by a
grid for each method, on seeds that are not used afterwards.

toy: two outputs of scales 1 and λ, a network 1-7-2 (Schnell, Holl & Thuerey, ICLR 2022; Physics-based Deep Learning
    book, "Half-Inverse Gradients": ½ (y₀ − sin 6x)² + ½ (λ y₁ − cos 9x)²)
oscillators: two coupled oscillators are to be steered back to where they began (the book, "Coupled Oscillators with
    Half-Inverse Gradients"). Its loss is Σ|R|² with gradient 2 R/batch, twice ours: its η = 1 is our η = 2
inverse: y = (x₀, x₁²) from (3, 3) (the book, "Simple Example comparing Different Optimizers")
conditioning: a nonlinear equation whose conditioning can be set, C F(y) = C F(y*(x)): which method sees C?
"""

from __future__ import annotations

import math
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path

import matplotlib as mpl
import torch
from torch import Tensor, nn

from fusiform.surrogates.training import (
    Batch,
    FirstOrder,
    HalfInverseConfig,
    HalfInverseGradients,
    Inverse,
    Physics,
    RefreshConfig,
    ScaleInvariantPhysics,
    SpectralPower,
    TargetCache,
    UpdateRule,
    constant,
    loss_of,
    muon,
    one_cycle,
)
from fusiform.surrogates.training.loop.schedule import Schedule

mpl.use("Agg")
import matplotlib.pyplot as plt

OUT = Path(__file__).parents[2] / "assets/training"
COLOURS = {
    "Adam": "#0072B2",
    "DP, Adam": "#0072B2",
    "Muon": "#56B4E9",
    "L-BFGS": "#777777",
    "Gauss-Newton": "#E69F00",
    "Gauss-Newton, safeguarded": "#F0E442",
    "HIG": "#D55E00",
    "HIG, safeguarded": "#CC79A7",
    "SIP, Adam": "#009E73",
    "SIP+HIG": "#000000",
}
SEEDS, TUNING_SEEDS = range(5), (100, 101)
MakeRule = Callable[[nn.Module], UpdateRule]
Measure = Callable[[nn.Module], float]


@dataclass(frozen=True)
class Choice:
    """One setting of a method: how it is called in the table, the rule, and the schedule."""

    knobs: str
    make: MakeRule
    schedule: Schedule = constant


@dataclass(frozen=True)
class Trace:
    """Steps, seconds and the measured loss, from the start to the end of a run."""

    steps: list[int]
    seconds: list[float]
    losses: list[float]

    def after_steps(self, steps: int) -> float:
        return [v for s, v in zip(self.steps, self.losses, strict=True) if s <= steps][-1]

    def at(self, seconds: float) -> float:
        return [v for s, v in zip(self.seconds, self.losses, strict=True) if s <= seconds or s == 0.0][-1]


def run(
    network: nn.Module,
    choice: Choice,
    physics: Physics,
    batches: Iterable[Batch],
    measure: Measure,
    *,
    seconds: float = math.inf,
    steps: int = 10**9,
    marks: int = 60,
) -> Trace:
    """Train until the time or the steps are up; measure at `marks` equal shares of the time, or at steps 2ᵏ."""
    rule = choice.make(network)
    trace = Trace([0], [0.0], [measure(network)])
    clock = 0.0
    for step, batch in enumerate(batches):
        if clock >= seconds or step >= steps:
            break
        done = clock / seconds if math.isfinite(seconds) else step / steps
        begin = time.process_time()
        rule.step(network, batch, physics, rate_scale=choice.schedule(done))
        clock += time.process_time() - begin
        every = seconds / marks if math.isfinite(seconds) else math.inf
        last = clock >= seconds or step + 1 >= steps
        if last or clock - trace.seconds[-1] >= every or (step + 1).bit_count() == 1:
            trace.steps.append(step + 1)
            trace.seconds.append(clock)
            trace.losses.append(measure(network))
    return trace


def finite(value: Tensor) -> float:
    """The number, infinite where a run has blown up."""
    return float(value) if bool(torch.isfinite(value)) else math.inf


def forever(batch: Batch) -> Iterable[Batch]:
    while True:
        yield batch


def shuffled(data: Batch, size: int, seed: int) -> Iterable[Batch]:
    """Mini-batches, every pass in another order."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(len(data), generator=generator)
        for i in range(len(data) // size):
            yield data.select(order[i * size : (i + 1) * size])


def half_inverse(
    eta: float, kappa: float = -0.5, truncation: float = 1e-6, halvings: int = 0, summed=False
) -> MakeRule:
    config = HalfInverseConfig(eta, SpectralPower(kappa, truncation), summed, halvings)
    return lambda network: HalfInverseGradients(config)


def adam(rate: float) -> MakeRule:
    return lambda network: FirstOrder(torch.optim.Adam(network.parameters(), lr=rate))


def sip(inner: MakeRule, moved: float = 0.5) -> MakeRule:
    return lambda network: ScaleInvariantPhysics(inner(network), TargetCache(RefreshConfig(moved=moved)))


def scheduled(make: Callable[[float], MakeRule], rates: Iterable[float]) -> list[Choice]:
    """Every rate, constant and with a decay."""
    return [
        Choice(f"{rate:g}{name}", make(rate), schedule)
        for rate, (name, schedule) in product(rates, (("", constant), (", decaying", one_cycle())))
    ]


def geometric(values: list[float]) -> float:
    """Geometric mean; infinite where a run failed."""
    return statistics.geometric_mean(values) if all(math.isfinite(v) for v in values) else math.inf


def best(choices: list[Choice], attempt: Callable[[Choice, int], float]) -> Choice:
    """The setting with the lowest loss on the tuning seeds."""
    return min(choices, key=lambda choice: geometric([attempt(choice, seed) for seed in TUNING_SEEDS]))


def table(name: str, lines: list[str]) -> None:
    print("\n".join(["", *lines]), flush=True)
    (OUT / f"{name}.md").write_text("\n".join(lines) + "\n")


# toy


@dataclass(frozen=True)
class TwoScales:
    """R = (y₀ − sin 6x, λ y₁ − cos 9x), or with `target_scaled` (y₀ − sin 6x, y₁ − λ cos 9x)."""

    scale: float
    target_scaled: bool

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        first, second = batch.data[0].T
        a, b = (1.0, self.scale) if self.target_scaled else (self.scale, 1.0)
        return torch.stack([outputs[:, 0] - first, a * outputs[:, 1] - b * second], dim=1)


def toy_points(count: int) -> Batch:
    x = torch.linspace(-1.0, 1.0, count, dtype=torch.float64)[:, None]
    return Batch.of(x, torch.cat([torch.sin(6.0 * x), torch.cos(9.0 * x)], dim=1))


def toy_network(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(1, 7), nn.Tanh(), nn.Linear(7, 2)).double()


TOY_GRID = {
    "Adam": scheduled(adam, (1e-2, 3e-2, 0.1, 0.3)),
    "Muon": scheduled(lambda rate: lambda net: muon(net, rate, adamw_rate=rate), (3e-2, 0.1, 0.3)),
    "L-BFGS": [
        Choice(
            "line search",
            lambda net: FirstOrder(
                torch.optim.LBFGS(net.parameters(), max_iter=20, history_size=30, line_search_fn="strong_wolfe")
            ),
        )
    ],
    "Gauss-Newton": [
        Choice(f"η {eta:g}, τ {tau:g}", half_inverse(eta, -1.0, tau, summed=True))
        for eta, tau in product((0.03, 0.1, 0.3, 1.0), (1e-6, 1e-4, 1e-3))
    ],
    "Gauss-Newton, safeguarded": [
        Choice(f"τ {tau:g}", half_inverse(1.0, -1.0, tau, 12, summed=True)) for tau in (1e-6, 1e-4, 1e-3)
    ],
    "HIG": [
        Choice(f"η {eta:g}, τ {tau:g}", half_inverse(eta, truncation=tau))
        for eta, tau in product((3.0, 10.0, 20.0), (1e-6, 1e-4))
    ],
    "HIG, safeguarded": [
        Choice(f"η {eta:g}, τ {tau:g}", half_inverse(eta, truncation=tau, halvings=12))
        for eta, tau in product((10.0, 100.0), (1e-6, 1e-4))
    ],
}
TOY_SECONDS, TOY_STEPS = 1.5, 256


def toy() -> list[Trace]:
    """Loss on 1,000 other points after equal time and after equal steps, full batches of 256 points."""
    batch, test = toy_points(256), toy_points(1000)
    lines = [
        "| second residual | method | chosen | "
        + " | ".join(f"seed {seed}" for seed in SEEDS)
        + f" | median | median after {TOY_STEPS} steps | steps in {TOY_SECONDS:g} s |",
        "|---|---|---|" + "---:|" * (len(SEEDS) + 3),
    ]
    shown: list[Trace] = []
    for title, physics in (
        ("y₁ − cos 9x (λ = 1)", TwoScales(1.0, False)),
        ("0.01 y₁ − cos 9x", TwoScales(0.01, False)),
        ("y₁ − 0.01 cos 9x", TwoScales(0.01, True)),
    ):

        def measure(network: nn.Module, physics: Physics = physics) -> float:
            with torch.no_grad():
                return finite(loss_of(physics.residual(network(test.inputs), test)))

        def attempt(choice: Choice, seed: int, seconds: float, physics: Physics = physics, measure=measure) -> Trace:
            return run(toy_network(seed), choice, physics, forever(batch), measure, seconds=seconds)

        for method, choices in TOY_GRID.items():
            chosen = best(choices, lambda choice, seed: attempt(choice, seed, 0.5 * TOY_SECONDS).losses[-1])
            traces = [attempt(chosen, seed, TOY_SECONDS) for seed in SEEDS]
            ends = [trace.losses[-1] for trace in traces]
            steps = statistics.median(trace.after_steps(TOY_STEPS) for trace in traces)
            lines.append(
                f"| {title} | {method} | {chosen.knobs} | "
                + " | ".join(f"{v:.1e}" for v in ends)
                + f" | {statistics.median(ends):.1e} | {steps:.1e} "
                f"| {statistics.median(trace.steps[-1] for trace in traces):,} |"
            )
            print(lines[-1], flush=True)
            if physics == TwoScales(0.01, False):
                shown += [Trace([], t.seconds, t.losses) for t in traces]
                LABELS.extend([method] * len(traces))
    table("toy", lines)
    return shown


LABELS: list[str] = []

# oscillators


class Oscillators:
    """Two oscillators x″ = −x + 0.2 (coupling) + control on the last; R = state after 24 steps less the state before.

    Runge-Kutta steps of 0.5 with a constant control in each. The end is linear in start and control, so that the two
    matrices, taken once by simulating unit vectors, are the simulation. The inverse is the least change of the control.
    """

    steps, step_size, coupling = 24, 0.5, 0.2

    def __init__(self) -> None:
        zero = torch.zeros(1, dtype=torch.float64)
        unit = torch.eye(4, dtype=zero.dtype)
        pushes = torch.eye(self.steps, dtype=zero.dtype)
        self.from_start = self.simulate(unit, zero.expand(4, self.steps))
        self.from_control = self.simulate(zero.expand(self.steps, 4), pushes)
        self._inverse = torch.linalg.pinv(self.from_control)

    def rate(self, state: Tensor, control: Tensor) -> Tensor:
        place, speed = state[:, :2], state[:, 2:]
        spring = self.coupling * (place.flip(1) - place)
        push = torch.stack([torch.zeros_like(control), control], dim=1)
        return torch.cat([speed, -place + spring + push], dim=1)

    def simulate(self, state: Tensor, control: Tensor) -> Tensor:
        h = self.step_size
        for u in control.T:
            a = self.rate(state, u)
            b = self.rate(state + 0.5 * h * a, u)
            c = self.rate(state + 0.5 * h * b, u)
            d = self.rate(state + h * c, u)
            state = state + h * (a + 2.0 * b + 2.0 * c + d) / 6.0
        return state

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        return batch.inputs @ self.from_start + outputs @ self.from_control - batch.inputs

    def jacobian(self, outputs: Tensor, batch: Batch) -> Tensor:
        return self.from_control.T.expand(len(batch), -1, -1)

    def inverse(self, outputs: Tensor, batch: Batch) -> Inverse:
        target = outputs - self.residual(outputs, batch) @ self._inverse
        return Inverse(target, torch.ones(len(batch), dtype=torch.bool))


def oscillator_network(seed: int) -> nn.Module:
    """4-20-20-20-24, tanh, weights uniform after Glorot, biases zero."""
    torch.manual_seed(seed)
    widths = [4, 20, 20, 20, 24]
    layers: list[nn.Module] = []
    for a, b in pairwise(widths):
        layers += [nn.Linear(a, b), nn.Tanh()]
        nn.init.xavier_uniform_(layers[-2].weight)
        nn.init.zeros_(layers[-2].bias)
    return nn.Sequential(*layers[:-1]).double()


PUBLISHED_EPOCHS = (1.44, 5.4e-5, 1.06e-5, 3.2e-6, 1.19e-6)
OSCILLATOR_SECONDS = 10.0


def oscillators() -> dict[str, Trace]:
    """Mean of Σ|R|² over the 4,096 training samples, as the book counts it."""
    physics = Oscillators()
    data = Batch.of(torch.rand(4096, 4, generator=torch.Generator().manual_seed(0)).double())
    assert torch.allclose(
        physics.residual(torch.ones(4096, 24).double(), data),
        physics.simulate(data.inputs, torch.ones(4096, 24).double()) - data.inputs,
    )

    def measure(network: nn.Module) -> float:
        with torch.no_grad():
            return 2.0 * finite(loss_of(physics.residual(network(data.inputs), data)))

    book = Choice("batch 32, η 1 (ours 2)", half_inverse(2.0))
    lines = ["| epoch | " + " | ".join(f"seed {s}" for s in SEEDS) + " | published |", "|---:|" + "---:|" * 6]
    epochs = []
    for seed in SEEDS:
        network, losses = oscillator_network(seed), []
        losses.append(measure(network))
        rule = book.make(network)
        for number, batch in zip(range(4 * 128), shuffled(data, 32, seed), strict=False):
            rule.step(network, batch, physics)
            if number % 128 == 127:
                losses.append(measure(network))
        epochs.append(losses)
    for epoch in range(5):
        lines.append(
            f"| {epoch} | "
            + " | ".join(f"{losses[epoch]:.2e}" for losses in epochs)
            + f" | {PUBLISHED_EPOCHS[epoch]:.2e} |"
        )
    table("oscillator_epochs", lines)

    methods = {
        "DP, Adam": [(256, c) for c in scheduled(adam, (1e-3, 3e-3, 1e-2))],
        "SIP, Adam": [(256, c) for c in scheduled(lambda rate: sip(adam(rate)), (1e-3, 3e-3, 1e-2))],
        "HIG": [(32, book), (32, Choice("batch 32, η 2, decaying", half_inverse(2.0), one_cycle()))],
        "SIP+HIG": [
            (16, Choice(f"batch 16, η {eta:g}{name}", sip(half_inverse(eta)), schedule))
            for eta, (name, schedule) in product((0.5, 2.0), (("", constant), (", decaying", one_cycle())))
        ],
    }
    lines = [
        f"| method | chosen | Σ¦R¦² after {OSCILLATOR_SECONDS:g} s | seed 1 | seed 2 | steps | epochs |",
        "|---|---|" + "---:|" * 5,
    ]
    shown = {}
    for method, settings in methods.items():

        def attempt(setting: tuple[int, Choice], seed: int, seconds: float) -> Trace:
            size, choice = setting
            batches = shuffled(data, size, seed)
            return run(oscillator_network(seed), choice, physics, batches, measure, seconds=seconds)

        chosen = min(settings, key=lambda s: attempt(s, 100, 0.2 * OSCILLATOR_SECONDS).losses[-1])
        traces = [attempt(chosen, seed, OSCILLATOR_SECONDS) for seed in (0, 1, 2)]
        steps = traces[0].steps[-1]
        lines.append(
            f"| {method} | {chosen[1].knobs} | "
            + " | ".join(f"{t.losses[-1]:.1e}" for t in traces)
            + f" | {steps:,} | {steps * chosen[0] / len(data):.0f} |"
        )
        print(lines[-1], flush=True)
        shown[method] = traces[0]
    table("oscillators", lines)
    return shown


# inverse


class Squared:
    """R = (x₀, x₁²); the inverse takes the share η of the way to R = 0 in R, then inverts exactly."""

    def __init__(self, eta: float = 0.3) -> None:
        self.eta = eta

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        return torch.stack([outputs[:, 0], outputs[:, 1] ** 2], dim=1)

    def inverse(self, outputs: Tensor, batch: Batch) -> Inverse:
        goal = (1.0 - self.eta) * self.residual(outputs, batch)
        target = torch.stack([goal[:, 0], goal[:, 1].sqrt()], dim=1)
        return Inverse(target, torch.ones(len(batch), dtype=torch.bool))


class Point(nn.Module):
    """A network that is nothing but its output."""

    def __init__(self) -> None:
        super().__init__()
        self.x = nn.Parameter(torch.tensor([3.0, 3.0], dtype=torch.float64))

    def forward(self, inputs: Tensor) -> Tensor:
        return self.x.expand(len(inputs), 2)


def newton(x: Tensor) -> Tensor:
    """One step of Newton's method, η = 1/3, on L = x₀² + x₁⁴: the Hessian is outside what the rules here use."""
    gradient = torch.stack([2.0 * x[0], 4.0 * x[1] ** 3])
    return x - gradient / torch.stack([torch.full_like(x[0], 2.0), 12.0 * x[1] ** 2]) / 3.0


def inverse() -> None:
    """Ten steps each; the book's loss is twice ours, so that its η = 0.01 is our 0.02."""
    one = Batch.of(torch.zeros(1, 1, dtype=torch.float64))
    rules: dict[str, tuple[MakeRule, tuple[float, float] | None]] = {
        "gradient descent, η 0.01": (
            lambda net: FirstOrder(torch.optim.SGD(net.parameters(), lr=0.02)),
            (2.4512184, 0.96171147),
        ),
        "inverse physics (SIP), η 0.3": (
            sip(lambda net: FirstOrder(torch.optim.SGD(net.parameters(), lr=1.0)), moved=0.0),
            (0.08474258, 0.50421),
        ),
        "Gauss-Newton, η 1/3": (half_inverse(1.0 / 3.0, -1.0, 0.0, summed=True), None),
        "HIG, η 0.1": (half_inverse(0.1, -0.5, 0.0, summed=True), None),
    }
    lines = [
        "| method | x₀ after ten steps | x₁ | published x₀ | x₁ | largest difference |",
        "|---|" + "---:|" * 5,
    ]

    def line(name: str, x: Tensor, published: tuple[float, float] | None) -> str:
        ours = f"| {name} | {float(x[0]):.8f} | {float(x[1]):.8f} "
        if published is None:
            return ours + "| | | |"
        difference = max(abs(float(a) - b) for a, b in zip(x, published, strict=True))
        return ours + f"| {published[0]:.8g} | {published[1]:.8g} | {difference:.0e} |"

    x = torch.tensor([3.0, 3.0], dtype=torch.float64)
    for _ in range(10):
        x = newton(x)
    for name, (make, published) in rules.items():
        point = Point()
        rule = make(point)
        for _ in range(10):
            rule.step(point, one, Squared())
        lines.append(line(name, point.x.detach(), published))
    lines.insert(3, line("Newton, η 1/3", x, (0.05202458, 0.92383826)))
    table("inverse_physics", lines)


# conditioning


class Conditioned:
    """R = C [F(y) − F(y*)], F(y) = y + 0.3 y³, eight outputs, cond C given. The inverse is one Newton step."""

    def __init__(self, condition: float) -> None:
        torch.manual_seed(7)
        left, right = (torch.linalg.qr(torch.randn(8, 8, dtype=torch.float64))[0] for _ in range(2))
        spread = torch.logspace(0.0, -math.log10(condition), 8, dtype=torch.float64)
        self.matrix = left @ torch.diag(spread) @ right

    @staticmethod
    def _f(y: Tensor) -> Tensor:
        return y + 0.3 * y**3

    def residual(self, outputs: Tensor, batch: Batch) -> Tensor:
        return (self._f(outputs) - self._f(batch.data[0])) @ self.matrix.T

    def jacobian(self, outputs: Tensor, batch: Batch) -> Tensor:
        return self.matrix * (1.0 + 0.9 * outputs**2)[:, None, :]

    def inverse(self, outputs: Tensor, batch: Batch) -> Inverse:
        before = self.residual(outputs, batch)
        target = outputs - torch.linalg.solve(self.jacobian(outputs, batch), before[..., None])[..., 0]
        after = self.residual(target, batch).norm(dim=1)
        return Inverse(target, after < before.norm(dim=1))


def conditioned_solution(x: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(3)
    mix = torch.randn(4, 8, generator=generator, dtype=torch.float64)
    return torch.sin(1.5 * x @ mix) + 0.3 * (x @ mix.flip(1))


CONDITIONS = (1.0, 10.0, 100.0, 1e3, 1e4)
CONDITION_SECONDS = 4.0


def conditioning() -> dict[str, list[float]]:
    """Relative error of y on 1,000 held-out samples; knobs tuned at condition 10² and, for Adam, at each condition."""
    x = 2.0 * torch.rand(5000, 4, generator=torch.Generator().manual_seed(5)).double() - 1.0
    train, test = Batch.of(x[1000:], conditioned_solution(x[1000:])), Batch.of(x[:1000], conditioned_solution(x[:1000]))

    def measure(network: nn.Module) -> float:
        with torch.no_grad():
            difference = network(test.inputs) - test.data[0]
        return finite(difference.norm() / test.data[0].norm())

    def network(seed: int) -> nn.Module:
        torch.manual_seed(seed)
        return nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 8)).double()

    def attempt(size: int, choice: Choice, condition: float, seed: int, seconds: float) -> Trace:
        batches = shuffled(train, size, seed)
        return run(network(seed), choice, Conditioned(condition), batches, measure, seconds=seconds)

    decay = one_cycle()
    methods = {
        "DP, Adam": (128, [Choice(f"{r:g}", adam(r), decay) for r in (3e-3, 1e-2, 3e-2)]),
        "HIG": (32, [Choice(f"η {e:g}", half_inverse(e), decay) for e in (0.5, 2.0, 8.0)]),
        "SIP, Adam": (128, [Choice(f"{r:g}", sip(adam(r)), decay) for r in (3e-3, 1e-2, 3e-2)]),
        "SIP+HIG": (32, [Choice(f"η {e:g}", sip(half_inverse(e)), decay) for e in (0.5, 2.0, 8.0)]),
    }
    lines = [
        f"| method, error of y after {CONDITION_SECONDS:g} s | " + " | ".join(f"cond {c:g}" for c in CONDITIONS) + " |",
        "|---|" + "---:|" * len(CONDITIONS),
    ]
    shown = {}
    for method, (size, choices) in methods.items():
        errors = []
        for condition in CONDITIONS:
            chosen = min(choices, key=lambda c: attempt(size, c, condition, 100, 0.2 * CONDITION_SECONDS).losses[-1])
            errors.append(attempt(size, chosen, condition, 0, CONDITION_SECONDS).losses[-1])
        lines.append(f"| {method} | " + " | ".join(f"{e:.1e}" for e in errors) + " |")
        print(lines[-1], flush=True)
        shown[method] = errors
    table("conditioning", lines)
    return shown


def picture(toys: list[Trace], controls: dict[str, Trace], errors: dict[str, list[float]]) -> None:
    """The three comparisons side by side."""
    figure, axes = plt.subplots(1, 3, figsize=(12.5, 3.9), layout="constrained")
    for label, trace in zip(LABELS, toys, strict=True):
        known = label in axes[0].get_legend_handles_labels()[1]
        axes[0].loglog(
            trace.seconds[1:], trace.losses[1:], color=COLOURS[label], lw=0.8, label=None if known else label
        )
    axes[0].set(title="1-7-2, second residual 0.01 y₁ − cos 9x", xlabel="seconds", ylabel="loss, five seeds")
    for label, trace in controls.items():
        axes[1].loglog(trace.seconds[1:], trace.losses[1:], color=COLOURS[label], label=label)
    axes[1].set(title="coupled oscillators", xlabel="seconds", ylabel="mean |R|²")
    for label, values in errors.items():
        axes[2].loglog(CONDITIONS, values, "o-", color=COLOURS[label], label=label)
    axes[2].set(title=f"after {CONDITION_SECONDS:g} s", xlabel="condition number of the physics", ylabel="error of y")
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    figure.savefig(OUT / "published_problems.png", dpi=100)


def main() -> None:
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    parts = set(sys.argv[1:]) or {"toy", "oscillators", "inverse", "conditioning"}
    if "inverse" in parts:
        inverse()
    errors = conditioning() if "conditioning" in parts else {}
    controls = oscillators() if "oscillators" in parts else {}
    toys = toy() if "toy" in parts else []
    if parts >= {"toy", "oscillators", "conditioning"}:
        picture(toys, controls, errors)


if __name__ == "__main__":
    main()
