"""The edits around a job: a job that began or was refused, the result of one that has ended, and a point of a front."""

from __future__ import annotations

from dataclasses import replace

from fusiform.app.results.kept_results import Answer, Front, Optimum
from fusiform.app.state.job_snapshot import RunningJob, Snapshot
from fusiform.app.state.session import Section, Session, Step
from fusiform.solvers.inverse import ModelKind, Problem

SOLVED_KEPT = 6


def begin(session: Session, job: RunningJob) -> Session:
    """Make `job` the job of the session."""
    return replace(session, job=job, job_error=None)


def refuse(session: Session, error: str) -> Session:
    """Record the sentence `error` of a job that could not begin."""
    return replace(session, job_error=error)


def begin_solve(session: Session, job: RunningJob) -> Session:
    """Begin `job`, which solves the flow of the present design, and show the section Design."""
    return replace(begin(session, job), asked=session.solved_key, section=Section.DESIGN)


def begin_search(
    session: Session, job: RunningJob, problem: Problem, kind: ModelKind, earlier: Optimum | None
) -> Session:
    """Begin `job`, which searches the optimum of `problem` by a model of that `kind`, to be compared with `earlier`."""
    searching = replace(begin(session, job), searched=problem, searched_by=kind)
    return replace(searching, optimum=None, earlier=earlier, section=Section.OPTIMISE, step=Step.OPTIMUM)


def begin_sweep(session: Session, job: RunningJob, over: str) -> Session:
    """`job` finds the front of the limit `over`."""
    return replace(begin(session, job), front=None, front_point=None, swept=over)


def collect(session: Session, ended: Snapshot) -> Session:
    """Take the result of the job, which has `ended`."""
    session, result = replace(session, job=None, job_error=ended.error), ended.result
    if isinstance(result, Optimum):
        return replace(session, optimum=result)
    if isinstance(result, Front):
        return replace(session, front=result)
    if isinstance(result, Answer) and session.asked is not None:
        return replace(session, solved=dict([*session.solved.items(), (session.asked, result)][-SOLVED_KEPT:]))
    return session


def choose_front_point(session: Session, number: int) -> Session:
    """Choose point `number` of the front as the shown optimum."""
    assert session.front is not None
    return replace(session, front_point=number, optimum=session.front.optimum(number), earlier=None)


def show_front_point(session: Session) -> Session:
    """Show the chosen point of the front as the optimum, with all its numbers."""
    assert session.front_point is not None
    return replace(choose_front_point(session, session.front_point), step=Step.OPTIMUM)
