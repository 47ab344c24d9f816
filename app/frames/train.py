"""The frame of the section Train: the stage under way, the finished models, and the state of Start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fusiform.app.results.training_folder import RECIPE, KeptRun, Progress
from fusiform.app.state.train import Axis
from fusiform.surrogates.flow_training.method_names import METHODS

COLUMNS = (
    ("method", "How the network was trained; all runs of this table share the cases and the supervised start."),
    ("drag, median", "Median of |C_D/C_D* − 1| over the held-out cases; * is the solver on the recipe's grid."),
    ("drag, 95 %", "95 % of the held-out cases have a smaller drag error than this."),
    ("vorticity, median", "Median of ‖ω − ω*‖/‖ω*‖ over the nodes of the grid: how well the whole flow is met."),
    ("factorisations", "Factorisations of the flow's Jacobian that the training data cost; a full solve takes 2 or 3."),
    ("steps", "Updates of the network's weights, all stages."),
)


@dataclass(frozen=True)
class Start:
    """The button that starts a training: its label, and True where nothing can be started."""

    label: str
    disabled: bool
    finished: bool


def finished_runs(runs: Sequence[KeptRun]) -> list[KeptRun]:
    """The runs that have a model."""
    return [run for run in runs if run.card is not None]


def start_of(runs: Sequence[KeptRun], methods: Sequence[str], *, busy: bool) -> Start:
    """The button for training by `methods`, whose earlier `runs` it continues; `busy` while the server trains."""
    with_model = {run.method for run in finished_runs(runs)}
    begun = any(run.method in methods and run.card is None for run in runs)
    finished = bool(methods) and with_model.issuperset(methods)
    return Start("Go on" if begun else "Start", busy or not methods or finished, finished)


def state_of(runs: Sequence[KeptRun], *, running: bool) -> tuple[bool, int]:
    """True while the training runs, and the number of models: the page around the charts depends on both."""
    return running, len(finished_runs(runs))


def progress_words(now: Progress | None) -> tuple[float, str]:
    """The progress of the stage under way, 0 to 1, and its name."""
    if now is None:
        return 0.0, "Starting …"
    share = now.done / max(now.total, 1)
    text = f"{now.name}: {now.done} of {now.total} ({now.note})"
    return min(share, 1.0), text if not now.method else f"{METHODS[now.method]}, {text}"


def untimed_words(runs: Sequence[KeptRun], axis: Axis) -> str | None:
    """The sentence about runs that have no seconds to be drawn over, None if there are none."""
    untimed = [run.label for run in runs if run.points[-1].seconds is None]
    if not untimed or axis == Axis.STEPS:
        return None
    return f"Without times, made by the command line: {', '.join(untimed)}. Choose Steps to see them."


def table_title(finished: Sequence[KeptRun]) -> str:
    """The title of the table of finished models, with the number of their held-out cases."""
    card = finished[0].card
    return f"**Finished models, on the {card['heldout']['cases'] if card else 0} held-out cases**"


def row(run: KeptRun) -> list[str]:
    """The texts under `COLUMNS` of a finished run."""
    assert run.card is not None
    errors = run.card["heldout"]
    return [
        run.label,
        f"{errors['drag']['median']:.2%}",
        f"{errors['drag']['p95']:.2%}",
        f"{errors['vorticity']['median']:.1%}",
        f"{run.card['factorisations']:,}",
        f"{run.points[-1].step:,}" if run.points else "–",
    ]


def short_name(folder: str) -> str:
    """The last two parts of a model's folder."""
    return "/".join(Path(folder).parts[-2:])


def recipe_name(path: Path) -> str:
    """The name of a recipe in the list: its folder's if it was uploaded."""
    return path.parent.name if path.name == RECIPE else path.stem


def recipe_about(path: Path) -> str:
    """The comment at the head of a recipe."""
    lines = []
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines)
