"""The edits of the section Train: recipe, methods, folder of the runs, and the model in use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from fusiform.app.background.recipes import (
    RUNS,
    add_recipe,
    offered_recipes,
    recipe_of,
    require_root,
    root_of,
    shipped_recipes,
)
from fusiform.app.state.session import DragSource, Session
from fusiform.app.state.train import Axis
from fusiform.solvers import InputError


def _changed(session: Session, **changes: Any) -> Session:
    return replace(session, train=replace(session.train, **changes))


def ready(session: Session, running: Path | None) -> Session:
    """Choose a recipe where none is chosen: that of the folder in which a training is `running`, else the first one.

    A recipe that is no longer offered gives way to the first one.
    """
    train = session.train
    if train.recipe is None:
        root, recipe = (RUNS, shipped_recipes()[0]) if running is None else (running.parent, recipe_of(running))
        return _changed(session, root=str(root), recipe=recipe)
    if train.recipe not in offered_recipes(root_of(train.root)):
        return _changed(session, recipe=shipped_recipes()[0], methods=None)
    return session


def choose_recipe(session: Session, recipe: Path) -> Session:
    """Choose a recipe, with its own method."""
    return _changed(session, recipe=recipe, methods=None, error=None)


def choose_methods(session: Session, methods: Iterable[str]) -> Session:
    """Choose the methods to train by."""
    return _changed(session, methods=tuple(methods))


def choose_axis(session: Session, axis: Axis) -> Session:
    """Choose the horizontal axis of the charts."""
    return _changed(session, axis=axis)


def set_root(session: Session, root: str) -> Session:
    """Set the folder of the runs; one that cannot be used is refused."""
    try:
        require_root(root)
    except InputError as error:
        return refuse(session, str(error))
    return _changed(session, root=root, error=None)


def upload(session: Session, content: bytes, file_name: str) -> Session:
    """Store an uploaded recipe in the folder of the runs, and choose it."""
    try:
        return choose_recipe(session, add_recipe(content, file_name, root_of(session.train.root)))
    except (InputError, OSError) as error:
        return refuse(session, str(error))


def refuse(session: Session, error: str | None) -> Session:
    """Record the sentence `error` of a training that could not begin; None for one that began."""
    return _changed(session, error=error)


def drawn(session: Session, shown: tuple[bool, int]) -> Session:
    """Record the state of the runs that the page shows."""
    return _changed(session, shown=shown)


def use_model(session: Session, folder: str) -> Session:
    """Let Design and Optimise ask the model in `folder`, "" for the shipped one."""
    settings = replace(session.settings, model_folder=folder, model=DragSource.SURROGATE)
    return replace(session, settings=settings)
