"""The state of one visit of the page, as plain data: every edit makes a new one (`app.edits`).

Streamlit keeps it under one key (`views.shared.session`), beside the values of its own controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from fusiform.app.results.kept_results import Answer, Front, Optimum
from fusiform.app.state.control_echoes import Echoes
from fusiform.app.state.design import Design, History
from fusiform.app.state.job_snapshot import RunningJob, RunningRefinement
from fusiform.app.state.setup import Setup, problem_of
from fusiform.app.state.train import TrainState
from fusiform.app.state.window import Home, Share
from fusiform.solvers import FlowConditions
from fusiform.solvers.inverse import ModelKind, Problem

CIRCLE, ELLIPSE, NACA, UPLOAD = "Circle", "Ellipse", "NACA four digits", "Own outline (file)"

SolvedKey = tuple[bool, bytes, FlowConditions, str]
"""True for a body of revolution, the coefficients, the conditions and the grid of an answer of the solver."""


class Section(StrEnum):
    """A section of the page, by its label."""

    DESIGN = "Design"
    OPTIMISE = "Optimise"
    TRAIN = "Train"
    WHY = "Why"


class Step(StrEnum):
    """A step of the section Optimise, by its label."""

    PROBLEM = "Problem"
    OPTIMUM = "Optimum"
    TRADE_OFF = "Trade-off"


class Kind(StrEnum):
    """The kind of the body, by its label."""

    PLANE = "Plane"
    REVOLUTION = "Of revolution"


class DragSource(StrEnum):
    """The source of the drag in Design and Optimise, by its label."""

    SURROGATE = "Surrogate"
    SOLVER = "Flow solver"


class Comparison(StrEnum):
    """The flow in the drawing, or the difference of two, by its label."""

    OWN = "Surrogate"
    MINUS_START = "minus start"
    OF_SOLVER = "Solver"
    MINUS_SOLVER = "minus solver"


@dataclass(frozen=True)
class Settings:
    """The choices that are not numbers of the design. Each field is also the key of its control.

    `space` shows a plane body extruded, `solid` a body of revolution in space.
    """

    start_from: str | None = CIRCLE
    digits: str = "0012"
    model: DragSource = DragSource.SURROGATE
    model_folder: str = ""
    grid: str = "fine"
    quantity: str = "speed"
    compare: Comparison = Comparison.OWN
    streamlines: bool = True
    sensitivity: bool = True
    wake: bool = False
    space: bool = False
    solid: bool = True
    azimuth: int = 35

    @property
    def folder(self) -> str:
        """The folder of the model, "" for the shipped one."""
        return self.model_folder.strip()


@dataclass(frozen=True)
class DesignState:
    """The design under way.

    `opened`: the design as it was opened; `version`: number of changes so far, by which an answer to an older drawing
    is recognised; `error`: the sentence about the last edit that was refused, `note` that about the last one that did
    more than it was asked for; `home` and `share`: the window of the drawing, and the part of it that is shown.
    `opened` is of the kind of the present design.
    """

    history: History
    opened: Design
    version: int = 0
    error: str | None = None
    note: str | None = None
    home: Home | None = None
    share: Share | None = None

    @property
    def present(self) -> Design:
        """The design as it is now."""
        return self.history.present

    @property
    def start(self) -> Design:
        """The design as it was opened, at the present conditions: the reference of all differences."""
        now = self.present
        return replace(self.opened, reynolds=now.reynolds, alpha_deg=now.alpha_deg)


@dataclass(frozen=True)
class ProjectState:
    """The last file that was opened, its `name` or its `error`; `uploads` names the next uploader, which is empty."""

    uploads: int = 0
    name: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Around:
    """The page around the drawing: the version of the design and whether its flow is refined; `beside` them the
    section, the job, and the errors."""

    version: int
    refined: bool
    beside: tuple[object, ...]


@dataclass(frozen=True, eq=False)
class Session:
    """A visit of the page.

    A session has one `job` at a time. Its result becomes `optimum`, `front` or one of the answers `solved`, or
    `job_error`; `searched` is the problem of a search by a model of the kind `searched_by`, `swept` the limit of a
    sweep, `asked` the key of a solve.
    `earlier`: the optimum that `optimum` is compared with; `front_point`: the chosen point of `front`.

    `awaited`: the drawing requested the refined flow; `around`: the page around the drawing as it was drawn last;
    `followed`: the design whose numbers the controls show, `numbers`; `drawn`: the section that was drawn last.
    """

    design: DesignState
    settings: Settings = field(default_factory=Settings)
    section: Section = Section.DESIGN
    step: Step = Step.PROBLEM
    setup: Setup = field(default_factory=Setup)
    project: ProjectState = field(default_factory=ProjectState)
    job: RunningJob | None = None
    job_error: str | None = None
    searched: Problem | None = None
    searched_by: ModelKind = ModelKind.SURROGATE
    swept: str | None = None
    asked: SolvedKey | None = None
    solved: Mapping[SolvedKey, Answer] = field(default_factory=dict)
    optimum: Optimum | None = None
    earlier: Optimum | None = None
    front: Front | None = None
    front_point: int | None = None
    train: TrainState = field(default_factory=TrainState)
    refining: RunningRefinement | None = None
    awaited: bool = False
    around: Around | None = None
    echoes: Echoes = field(default_factory=Echoes)
    followed: Design | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    drawn: Section | None = None

    @property
    def problem(self) -> Problem:
        """The optimisation problem of design, setup and grid; `InputError` for a number out of its range."""
        now = self.design.present
        return problem_of(now.body, now.conditions, self.setup, self.settings.grid)

    @property
    def solved_key(self) -> SolvedKey:
        """The key of the solver's answer for the present design."""
        now = self.design.present
        return now.revolution, now.body.coefficients.numpy().tobytes(), now.conditions, self.settings.grid
