"""The controls of the section Train: recipe, methods, Start and Stop, the folder of the runs, uploading a recipe."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fusiform.app.background import recipes, training_server
from fusiform.app.edits import train as edits
from fusiform.app.frames import train as frames
from fusiform.app.frames.shared.formatting import plain
from fusiform.app.results.training_folder import read_runs
from fusiform.app.views.shared.complaints import complain
from fusiform.app.views.shared.following import follow
from fusiform.app.views.shared.session import change, keep, session
from fusiform.solvers import InputError
from fusiform.surrogates.flow_training.method_names import METHODS
from fusiform.surrogates.flow_training.recipe import load_recipe

LONGEST_PATH = 1000


def ready() -> None:
    """Called at the start of each run: a recipe is chosen."""
    now = session()
    begun = edits.ready(now, training_server.running())
    if begun is not now:
        keep(begun)


def folder() -> Path:
    """The folder of the runs of the chosen recipe."""
    return recipes.folder_of(_recipe(), _root())


def rail() -> None:
    """The controls: recipe, methods, folder, Start and Stop."""
    follow("train_recipe", str(_recipe()))
    st.selectbox(
        "Recipe",
        [str(path) for path in recipes.offered_recipes(_root())],
        key="train_recipe",
        format_func=lambda path: frames.recipe_name(Path(path)),
        on_change=lambda: change(edits.choose_recipe, Path(st.session_state.train_recipe)),
        help="The cases to solve, the size of the network and the length of its training: a TOML file, see "
        "assets/recipes.",
    )
    try:
        _methods_and_buttons(_recipe())
    except InputError as error:
        complain(str(error))
    if refused := session().train.error:
        complain(refused)
    with st.expander("Folder and own recipe"):
        _folder_and_recipe()


def _root() -> Path:
    return recipes.root_of(session().train.root)


def _recipe() -> Path:
    recipe = session().train.recipe
    assert recipe is not None
    return recipe


def _methods_and_buttons(path: Path) -> None:
    """The choice of the methods, Start and Stop; `InputError` for a recipe that cannot be read."""
    busy, recipe, chosen = training_server.running() is not None, load_recipe(path), session().train.methods
    if about := frames.recipe_about(path):
        st.caption(plain(about))
    methods = [recipe.training.method] if chosen is None else list(chosen)
    follow("train_methods", methods)
    st.pills(
        "Methods",
        recipes.possible_methods(recipe),
        key="train_methods",
        on_change=lambda: change(edits.choose_methods, st.session_state.train_methods),
        selection_mode="multi",
        format_func=lambda method: METHODS[method],
        disabled=busy,
        help="One run each, one after the other, on the same cases: supervised (solved flows only), DP (lowers the "
        "equations' residual), SIP (targets from the inverted physics), HIG (half-inverted gradients), or both. Only "
        "those that the recipe has settings for.",
    )
    _buttons(path, methods, busy)


def _folder_and_recipe() -> None:
    follow("train_root", session().train.root)
    st.text_input(
        "Folder of the runs",
        key="train_root",
        max_chars=LONGEST_PATH,
        on_change=lambda: change(edits.set_root, st.session_state.train_root),
        disabled=training_server.running() is not None,
        help="Each recipe gets a folder here, with the solved cases and a run for each method. A relative path begins "
        "in the folder where the server was started. `fusiform evaluate` and `--model` read the same runs.",
    )
    st.caption(f"That is {plain(str(_root().resolve()))}.")
    st.file_uploader(
        "Own recipe",
        type=["toml"],
        max_upload_size=1,
        key="train_upload",
        on_change=_upload,
        help="A recipe of your own, a TOML file with the tables of those in assets/recipes; it is copied into the "
        "folder of the runs.",
    )


def _buttons(path: Path, methods: list[str], busy: bool) -> None:
    shown = frames.start_of(read_runs(folder()), methods, busy=busy)
    start, stop = st.columns(2)
    start.button(
        shown.label,
        key="train_start",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=shown.disabled,
        on_click=_start,
        args=(path, methods),
        help="Solve the cases and train, in a process of its own; finished work is not repeated."
        if not shown.finished
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


def _start(path: Path, methods: list[str]) -> None:
    try:
        training_server.start(path, _root(), [method for method in METHODS if method in methods])
        change(edits.refuse, None)
    except (InputError, OSError) as error:
        change(edits.refuse, str(error))


def _upload() -> None:
    file = st.session_state.train_upload
    if file is not None:
        change(edits.upload, file.getvalue(), file.name)
