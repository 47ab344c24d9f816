"""The controls of the section Train: recipe, methods, Start and Stop, the folder of the runs, uploading a recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from fusiform.app.background import recipes, training_server
from fusiform.app.drawings.figures.training_figures import SECONDS
from fusiform.app.frames.formatting import sentence
from fusiform.app.results.training_folder import RECIPE, own_recipes, read_runs
from fusiform.app.views.shared.session import keep, session
from fusiform.solvers import InputError
from fusiform.surrogates.flow_training.method_names import METHODS
from fusiform.surrogates.flow_training.recipe import load_recipe


def ready() -> None:
    """Called at the start of each run: the values of this section's controls are kept while another one is shown.

    They begin with the training that the server runs, if any.
    """
    state, busy = st.session_state, training_server.running()
    first: dict[str, Any] = {
        "train_root": str(training_server.RUNS if busy is None else busy.parent),
        "train_recipe": str(recipes.shipped_recipes()[0] if busy is None else recipes.recipe_of(busy)),
        "train_axis": SECONDS,
        "train_methods": None,
    }
    for name, value in first.items():
        state[name] = state.get(name, value)
    if state.train_recipe not in _recipes():
        state.train_recipe, state.train_methods = str(recipes.shipped_recipes()[0]), None


def folder() -> Path:
    """The folder of the runs of the chosen recipe."""
    return recipes.folder_of(Path(st.session_state.train_recipe), _root())


def rail() -> None:
    """The controls: recipe, methods, folder, Start and Stop."""
    st.selectbox(
        "Recipe",
        _recipes(),
        key="train_recipe",
        format_func=_recipe_name,
        on_change=_chosen,
        help="The cases to solve, the size of the network and the length of its training: a TOML file, see "
        "assets/recipes.",
    )
    try:
        _methods_and_buttons(Path(st.session_state.train_recipe))
    except InputError as error:
        st.error(sentence(str(error)))
    if refused := session().training_error:
        st.error(sentence(refused))
    with st.expander("Folder and own recipe"):
        _folder_and_recipe()


def _root() -> Path:
    return Path(st.session_state.train_root.strip() or str(training_server.RUNS))


def _recipes() -> list[str]:
    """The shipped recipes, and further ones in the folders of the runs."""
    shipped = recipes.shipped_recipes()
    names = {path.stem for path in shipped}
    return [str(path) for path in (*shipped, *(p for p in own_recipes(_root()) if p.parent.name not in names))]


def _methods_and_buttons(path: Path) -> None:
    """The choice of the methods, Start and Stop; `InputError` for a recipe that cannot be read."""
    state, busy, recipe = st.session_state, training_server.running() is not None, load_recipe(path)
    if about := _about(path):
        st.caption(about)
    possible = recipes.possible_methods(recipe)
    if state.train_methods is None:
        state.train_methods = [recipe.training.method]
    st.pills(
        "Methods",
        possible,
        key="train_methods",
        selection_mode="multi",
        format_func=lambda method: METHODS[method],
        disabled=busy,
        help="One run each, one after the other, on the same cases: supervised (solved flows only), DP (lowers the "
        "equations' residual), SIP (targets from the inverted physics), HIG (half-inverted gradients), or both. Only "
        "those that the recipe has settings for.",
    )
    _buttons(path, busy)


def _folder_and_recipe() -> None:
    st.text_input(
        "Folder of the runs",
        key="train_root",
        disabled=training_server.running() is not None,
        help="Each recipe gets a folder here, with the solved cases and a run for each method. A relative path begins "
        "in the folder where the server was started. `fusiform evaluate` and `--model` read the same runs.",
    )
    st.caption(f"That is {_root().resolve()}.")
    st.file_uploader(
        "Own recipe",
        type=["toml"],
        max_upload_size=1,
        key="train_upload",
        on_change=_upload,
        help="A recipe of your own, a TOML file with the tables of those in assets/recipes; it is copied into the "
        "folder of the runs.",
    )


def _buttons(path: Path, busy: bool) -> None:
    chosen = st.session_state.train_methods
    runs = {run.method: run for run in read_runs(folder())}
    done = bool(chosen) and all(method in runs and runs[method].card is not None for method in chosen)
    begun = any(method in runs and runs[method].card is None for method in chosen)
    start, stop = st.columns(2)
    start.button(
        "Go on" if begun else "Start",
        key="train_start",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=busy or not chosen or done,
        on_click=_start,
        args=(path,),
        help="Solve the cases and train, in a process of its own; finished work is not repeated."
        if not done
        else "These runs are finished. Choose another method, or another folder to run them again.",
    )
    stop.button(
        "Stop",
        key="train_stop",
        icon=":material/stop:",
        width="stretch",
        disabled=not busy,
        on_click=training_server.stop,
        help="End the training at its last checkpoint; it can continue later. It also ends with the server.",
    )


def _start(path: Path) -> None:
    state = st.session_state
    try:
        training_server.start(path, _root(), [method for method in METHODS if method in state.train_methods])
        _refuse(None)
    except (InputError, OSError) as error:
        _refuse(str(error))


def _upload() -> None:
    state, file = st.session_state, st.session_state.train_upload
    if file is None:
        return
    try:
        path = recipes.add_recipe(file.getvalue(), file.name, _root())
        state.train_recipe = str(path)
        _chosen()
    except (InputError, OSError) as error:
        _refuse(str(error))


def _chosen() -> None:
    """Another recipe: its own method, and no old errors."""
    st.session_state.train_methods = None
    _refuse(None)


def _refuse(error: str | None) -> None:
    keep(replace(session(), training_error=error))


def _recipe_name(path: str) -> str:
    return Path(path).parent.name if Path(path).name == RECIPE else Path(path).stem


def _about(recipe: Path) -> str:
    """The comment at the head of a recipe."""
    lines = []
    for line in recipe.read_text().splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# "))
    return " ".join(lines)
