"""Training methods on the flow: supervised, DP, SIP, HIG and SIP+HIG in equal time, with the same network and seeds.

    python tests/benchmarks/training_methods.py [--seconds 90] [--seeds 3] [--workers 2] [--out runs/methods] [--smoke]

Every method starts from the same network, fitted to the same few solved flows, and gets the same seconds of one thread
(of its processor, so that other work on the machine does not count: on idle cores, the wall clock's).
What it spends on the physics counts: full solves (supervised), state inverses (SIP), residuals and their derivatives
(DP, HIG). Methods that need targets spend half of their time on them; they keep the labels of the start as well, but
for one row, which shows what that is worth. Held-out flows come from another seed.
Writes tables, a plot, and methods.json with the numbers of methods.md, to assets/training/ (not with --smoke). A run is
one JSON file in --out; run again to go on.
"""

import argparse
import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from fusiform.solvers import Body, FlowConditions
from fusiform.solvers.common.batches import concatenate, select
from fusiform.solvers.common.files import write_json
from fusiform.solvers.common.processes import run_in_processes
from fusiform.solvers.flow import Resolution
from fusiform.solvers.inverse import DragModel, SolverModel, minimize_drag
from fusiform.surrogates.data.dataset import Dataset, load_dataset, make_dataset
from fusiform.surrogates.data.dataset_config import DatasetConfig
from fusiform.surrogates.data.samples import scaled_snapshots
from fusiform.surrogates.design_space import DesignSpace
from fusiform.surrogates.designs import sample, turned
from fusiform.surrogates.flow_training.labels import Foundation
from fusiform.surrogates.flow_training.rules import half_inverse, optimizer, target_proxy
from fusiform.surrogates.flow_training.settings import EquationsConfig, FitConfig, HalfInverseSettings, NetworkConfig
from fusiform.surrogates.flow_training.targets.flow_physics import FlowPhysics, PairInputs, SolvedFlows, flow_batch
from fusiform.surrogates.model.error_bound import ErrorModel
from fusiform.surrogates.model.force_scaling import drag_scale
from fusiform.surrogates.model.layout import FORCES
from fusiform.surrogates.model.surrogate import Surrogate
from fusiform.surrogates.training import (
    NEVER,
    Batch,
    HalfInverseGradients,
    Labelled,
    RefreshConfig,
    Regression,
    ScaleInvariantPhysics,
    TargetCache,
    TrainConfig,
    UpdateRule,
    one_cycle,
    train,
)

SPACE = DesignSpace(
    modes=4,
    fineness_min=1.0,
    fineness_max=4.0,
    reynolds_min=1.0,
    reynolds_max=40.0,
    alpha_max_deg=10.0,
    symmetric_share=0.2,
    margin=0.2,
)
RESOLUTION = Resolution(4, 12, 5, 6)
NETWORK = NetworkConfig(basis=96, width=96, depth=2)
FIT = FitConfig()  # rate, weight decay, δ and the weight of the forces are the defaults of a recipe
SOLVED, HELDOUT, POOL = 150, 150, 4000
START_STEPS, START_BATCH = 1500, 128
TARGET_SHARE = 0.5
CLOCK = time.process_time
OPTIMA = (2.0, 5.0, 10.0)
WORK = ("steps", "bodies", "factorisations")
ASSETS = Path("assets/training")


@dataclass(frozen=True)
class Method:
    """`kind`: the training method as in a recipe; `rule` of a network, which fits it to targets where there are any;
    `batch` bodies a step; `targets`: the source of targets ("solve", "inverse", "" for none); `labels`: True if it also
    keeps the labels of the flows that all networks were fitted to at the start."""

    kind: str
    rule: Callable[[nn.Module], UpdateRule]
    batch: int
    targets: str = ""
    labels: bool = False


def _half_inverse(eta: float) -> HalfInverseGradients:
    return half_inverse(HalfInverseSettings(eta=eta))


def _fit(name: str) -> Callable[[nn.Module], UpdateRule]:
    return partial(optimizer, name=name, rate=FIT.rate, weight_decay=FIT.weight_decay)


def _on_equations(name: str, weight_decay: float, clip_norm: float) -> Callable[[nn.Module], UpdateRule]:
    rate = EquationsConfig().rate
    return partial(optimizer, name=name, rate=rate, weight_decay=weight_decay, clip_norm=clip_norm)


METHODS = {
    "supervised, AdamW": Method("supervised", _fit("adamw"), 128, "solve", labels=True),
    "supervised, SOAP": Method("supervised", _fit("soap"), 128, "solve", labels=True),
    "DP, AdamW": Method("dp", _on_equations("adamw", weight_decay=0.01, clip_norm=1.0), 16),
    "DP, SOAP": Method("dp", _on_equations("soap", weight_decay=0.0, clip_norm=0.0), 16),
    "HIG": Method("hig", lambda n: _half_inverse(0.1), 8),
    "SIP, AdamW": Method("sip", _fit("adamw"), 128, "inverse", labels=True),
    "SIP, SOAP": Method("sip", _fit("soap"), 128, "inverse", labels=True),
    "SIP, SOAP, no labels": Method("sip", _fit("soap"), 128, "inverse"),
    "SIP+HIG": Method("sip-hig", lambda n: _half_inverse(0.5), 16, "inverse", labels=True),
}
# A target is made once; a rejected body is asked for again late, labels that do not converge never.
REFRESH = {
    "solve": RefreshConfig(moved=math.inf, retry=NEVER, max_updates=1),
    "inverse": RefreshConfig(moved=math.inf, retry=2000, max_updates=2),
}


@dataclass(frozen=True)
class Prepared:
    """Data that all methods share: quantities fixed by the solved start flows, those flows, and held-out ones."""

    foundation: Foundation
    dataset: Dataset
    heldout: Dataset
    snapshots: Tensor
    drag: Tensor


def prepare(folder: Path, solved: int, heldout: int, workers: int = 1) -> Prepared:
    """Solve the flows that all methods start from and are measured on (kept in `folder`)."""
    sets = []
    for name, count, seed in (("train", solved, 11), ("heldout", heldout, 12)):
        make_dataset(DatasetConfig(count, seed, SPACE, RESOLUTION), folder / name, workers)
        sets.append(load_dataset(folder / name))
    dataset, test = sets
    drag = test.forces[:, 0] + test.forces[:, 1]
    return Prepared(Foundation.of(dataset, NETWORK.basis), dataset, test, scaled_snapshots(test), drag)


def key_of(name: str) -> str:
    """The key of a method in methods.json: "SIP, SOAP" is sip-soap."""
    return re.sub(r"[^a-z]+", "-", name.lower())


def file_stem(method: str, seed: int) -> str:
    """The stem of the file names of a run."""
    return f"{method.replace(' ', '')}-{seed}"


def start(shared: Prepared, seed: int, steps: int, folder: Path) -> PairInputs:
    """The network that every method starts from: fitted to the solved flows."""
    network, labels = shared.foundation.fresh_network(NETWORK, seed), shared.foundation.labels
    wrapped = PairInputs(network)
    batch = flow_batch(network, turned(labels.designs), labels.designs.reynolds)
    batch = Batch.of(batch.inputs, labels.targets.float())
    config = TrainConfig(START_BATCH, steps=steps, every=steps, seed=seed, schedule=one_cycle())
    train(wrapped, _fit("adamw")(wrapped), Regression(), batch, config, folder)
    return wrapped


@torch.no_grad()
def errors(shared: Prepared, network: PairInputs) -> dict[str, float]:
    """Held-out errors: drag |C_D/C_D* − 1|, vorticity ‖ω − ω*‖/‖ω*‖."""
    designs = shared.heldout.designs
    outputs = network.network(turned(designs), designs.reynolds).double()
    forces = outputs[:, -FORCES:] * drag_scale(shared.foundation.polynomial, designs.reynolds)[:, None]
    drag = ((forces[:, 0] + forces[:, 1]) / shared.drag - 1.0).abs()
    omega = shared.foundation.basis.decode(outputs[:, :-FORCES])[:, 1].flatten(1)
    truth = shared.snapshots[:, 1].flatten(1)
    field = (omega - truth).norm(dim=1) / truth.norm(dim=1)
    values = {"drag": drag, "field": field}
    return {f"{k} {q}": float(v.quantile(p)) for k, v in values.items() for q, p in (("median", 0.5), ("95 %", 0.95))}


def seconds_per_target(physics: FlowPhysics, data: Batch, network: PairInputs) -> float:
    """Cost of one target, measured on the last 16 bodies of the pool."""
    batch = data.select(slice(len(data) - 16, len(data)))
    outputs = network(batch.inputs).detach().double()
    begun = CLOCK()
    physics.inverse(outputs, batch)
    return (CLOCK() - begun) / 16


def run(folder: Path, seconds: float, sizes: tuple[int, int, int, int], task: tuple[str, int]) -> dict[str, object]:
    """One method with one seed; the record of its errors against time, steps and factorisations."""
    name, seed = task
    path = folder / f"{file_stem(name, seed)}.json"
    if path.exists():
        return dict(json.loads(path.read_text()))
    torch.set_num_threads(1)
    solved, heldout, pool, steps = sizes
    shared = prepare(folder, solved, heldout)
    network = start(shared, seed, steps, folder / f"start-{file_stem(name, seed)}")
    method, base = METHODS[name], shared.foundation
    designs = sample(SPACE, 13 + seed, range(pool))
    known = select(base.labels, slice(None) if method.labels else slice(0, 0))
    everything = concatenate([known.designs, designs])
    data = flow_batch(network.network, turned(everything), everything.reynolds)
    kind = SolvedFlows if method.targets == "solve" else FlowPhysics
    physics = kind(base.basis, base.polynomial, chord_steps=4)
    bodies = pool
    if method.targets:
        bodies = min(pool, int(TARGET_SHARE * seconds / seconds_per_target(physics, data, network)))
    data = data.select(slice(0, len(known) + bodies))
    if not method.targets:
        network, data = network.double(), Batch(data.inputs.double(), data.data, data.index)
    before = errors(shared, network)
    history: list[dict[str, float]] = []
    rule = method.rule(network)
    if method.targets:
        labels = known.targets.to(data.inputs)
        store = Labelled(labels, TargetCache(REFRESH[method.targets]))
        rule = ScaleInvariantPhysics(rule, store, target_proxy(FIT, base.labels.targets.to(data.inputs)))
    begun = CLOCK()

    def validate(module: nn.Module) -> float:
        history.append(errors(shared, network))
        return history[-1]["drag median"]

    config = TrainConfig(method.batch, seconds=seconds, every=20, seed=seed, schedule=one_cycle(), clock=CLOCK)
    log = folder / f"log-{path.stem}"
    result = train(network, rule, physics, data, config, log, validate=validate)
    lines = [json.loads(line) for line in (log / "metrics.jsonl").read_text().splitlines()]
    inversions = sum(line["inversions"] for line in lines)
    per_solve = float(shared.dataset.factorisations.double().mean())
    record = {
        "method": name,
        "seed": seed,
        "bodies": bodies if method.targets else result.steps * method.batch,
        "steps": result.steps,
        "factorisations": round(inversions * (per_solve if method.targets == "solve" else 1.0)),
        "seconds": result.seconds,
        "with validation": CLOCK() - begun,
        "before": before,
        "after": errors(shared, network),
        "history": [{"seconds": m["seconds"], "step": m["step"], **h} for m, h in zip(lines, history, strict=True)],
    }
    write_json(path, record)
    return record


def surrogate_of(shared: Prepared, folder: Path, record: dict) -> Surrogate:
    """The trained network of a record as a drag model."""
    network = PairInputs(shared.foundation.fresh_network(NETWORK, record["seed"])).double()
    log = folder / f"log-{file_stem(record['method'], record['seed'])}"
    network.load_state_dict(torch.load(log / "last.pt", weights_only=True)["network"])
    network.requires_grad_(False)
    base = shared.foundation
    error = ErrorModel.unfitted(torch.zeros(1, network.network.input_mean.numel()), 1.0)
    return Surrogate(record["method"], SPACE, network.network, base.basis, base.polynomial, error, {})


def search(folder: Path, sizes: tuple[int, int], record: dict | None) -> list[tuple[float, int, bool]]:
    """For each Re of `OPTIMA`: the verified drag of the optimum that a record's network leads to (None: the solver's
    own), the solves that the certified optimum takes from there, and whether it was certified."""
    torch.set_num_threads(1)
    shared, found = prepare(folder, *sizes), []
    for reynolds in OPTIMA:
        model: DragModel = SolverModel(modes=SPACE.modes) if record is None else surrogate_of(shared, folder, record)
        ask = partial(minimize_drag, Body.circle(), FlowConditions(reynolds), model=model)
        alone, certified = ask(verify="standard").verified, ask(certify=True, verify=None)
        assert alone is not None
        drag = alone.drag_coefficient if alone.converged else math.nan
        found.append((drag, certified.solver_solves, certified.certified))
    return found


def optima(folder: Path, sizes: tuple[int, int], records: list[dict], workers: int) -> str:
    """Value of the accuracy: drag of the verified optima over the solver's own, and solves that certified ones take."""
    tasks = [None, *records]
    answers = {}
    for record, found in run_in_processes(partial(search, folder, sizes), tasks, workers):
        answers["the solver" if record is None else file_stem(record["method"], record["seed"])] = found
        print(f"optima {len(answers)} of {len(tasks)}", flush=True)
    best = answers["the solver"]
    titles = [f"Re {reynolds:g}: {{}}" for reynolds in OPTIMA]
    head = [*(t.format("drag") for t in titles), *(t.format("solves to certify") for t in titles)]
    rows = [f"| optimum found with | {' | '.join(head)} |", "|" + "---|" * (1 + len(head))]
    own = [*(f"{drag:.4f}" for drag, _, _ in best), *(str(solves) for _, solves, _ in best)]
    rows.append(f"| the solver | {' | '.join(own)} |")
    for name in METHODS:
        mine = [answers[file_stem(r["method"], r["seed"])] for r in records if r["method"] == name]
        if mine:
            cells = [_excess([found[i][0] for found in mine], best[i][0]) for i in range(len(OPTIMA))]
            cells += [_solves([found[i][1:] for found in mine]) for i in range(len(OPTIMA))]
            rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _excess(drags: list[float], best: float) -> str:
    percent = [100.0 * (drag / best - 1.0) for drag in drags]
    return f"{np.median(percent):+.2f} % ({min(percent):+.2f}, {max(percent):+.2f})"


def _solves(found: list[tuple[int, bool]]) -> str:
    counts = sorted(solves for solves, _ in found)
    lost = sum(not certified for _, certified in found)
    return f"{np.median(counts):.0f} ({counts[0]}, {counts[-1]})" + (f"; {lost} not certified" if lost else "")


def measurements(records: list[dict]) -> dict[str, Any]:
    """The numbers of methods.json: errors of the `start`, and work and errors of each of `methods`, by its key.

    Medians over the seeds, with the lowest and highest of the median drag error; errors are shares.
    """
    methods = {}
    for name in METHODS:
        mine = [r for r in records if r["method"] == name]
        if mine:
            work = {key: round(np.median([r[key.replace("_", " ")] for r in mine])) for key in WORK}
            errors_after = _median_errors([r["after"] for r in mine])
            methods[key_of(name)] = {"label": name, "method": METHODS[name].kind, **work, **errors_after}
    return {"start": _median_errors([r["before"] for r in records]), "methods": methods}


def _median_errors(found: list[dict]) -> dict[str, Any]:
    drag = [f["drag median"] for f in found]
    spread = {"median": float(np.median(drag)), "lowest": min(drag), "highest": max(drag)}
    keys = {"drag_95": "drag 95 %", "vorticity": "field median", "vorticity_95": "field 95 %"}
    return {"drag": spread} | {key: float(np.median([f[of] for f in found])) for key, of in keys.items()}


def table(measured: dict[str, Any]) -> str:
    """The numbers of `measurements` as the table methods.md."""

    def cells(row: dict[str, Any]) -> str:
        drag = row["drag"]
        rest = " | ".join(f"{row[key]:.2%}" for key in ("drag_95", "vorticity", "vorticity_95"))
        return f"{drag['median']:.3%} ({drag['lowest']:.3%}, {drag['highest']:.3%}) | {rest} |"

    rows = ["| method | steps | bodies | factorisations | drag median (seeds) | drag 95 % | vorticity median | 95 % |"]
    rows += ["|" + "---|" * 8, "| the start of all | | | | " + cells(measured["start"])]
    for row in measured["methods"].values():
        rows.append(f"| {row['label']} | " + " | ".join(str(row[key]) for key in WORK) + " | " + cells(row))
    return "\n".join(rows)


def plot(records: list[dict], path: Path) -> None:
    """Held-out errors against seconds and against steps, all seeds."""
    import matplotlib as mpl  # not needed by the smoke run of the tests

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(11, 7), sharey="row")
    for color, name in zip(plt.get_cmap("tab10").colors, METHODS, strict=False):
        for r in [r for r in records if r["method"] == name]:
            for row, key in enumerate(("drag median", "field median")):
                for column, against in enumerate(("seconds", "step")):
                    x, y = ([h[k] for h in r["history"]] for k in (against, key))
                    label = name if r["seed"] == 0 and row == column == 0 else None
                    axes[row, column].loglog(x, y, color=color, lw=1.0, label=label)
    for column, against in enumerate(("seconds of one thread", "steps")):
        axes[1, column].set_xlabel(against)
    axes[0, 0].set_ylabel("held-out drag error, median")
    axes[1, 0].set_ylabel("held-out vorticity error, median")
    figure.legend(loc="upper center", ncol=4, frameon=False)
    figure.tight_layout(rect=(0, 0, 1, 0.92))
    figure.savefig(path, dpi=90)


def main() -> None:
    """All methods and seeds, then the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("runs/methods"))
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    parser.add_argument("--smoke", action="store_true", help="a few seconds each, nothing written to assets/")
    options = parser.parse_args()
    sizes = (24, 6, 60, 50) if options.smoke else (SOLVED, HELDOUT, POOL, START_STEPS)
    prepare(options.out, *sizes[:2], options.workers)
    tasks = [(name, seed) for seed in range(options.seeds) for name in options.methods]
    records = []
    for (name, seed), record in run_in_processes(
        partial(run, options.out, options.seconds, sizes), tasks, options.workers
    ):
        records.append(record)
        before, after = (record[when]["drag median"] for when in ("before", "after"))
        print(f"{name}, seed {seed}: drag {before:.2%} -> {after:.3%}", flush=True)
    measured = measurements(records)
    print("\n" + table(measured))
    if not options.smoke:
        found = optima(options.out, sizes[:2], records, options.workers)
        print("\n" + found)
        write_json(ASSETS / "methods.json", measured)
        (ASSETS / "methods.md").write_text(table(measured) + "\n")
        (ASSETS / "optima.md").write_text(found + "\n")
        plot(records, ASSETS / "methods.png")


if __name__ == "__main__":
    main()
