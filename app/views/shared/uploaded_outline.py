"""The upload of an outline, with the part of a drawing, the plane of a mesh, and the fit."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fusiform.app.edits import design as edits
from fusiform.app.frames.shared.formatting import plain, sentence
from fusiform.app.views.shared.session import change, session
from fusiform.solvers.geometry.formats.mesh_sections import AXES
from fusiform.solvers.geometry.formats.outline_files import SUFFIXES, TABLES
from fusiform.solvers.geometry.formats.sandbox import MESHES
from fusiform.solvers.geometry.limits import LARGEST_FIT_ERROR

MEGABYTES = 20
LONGEST_PART = 200
LARGEST_PLACE = 1e100
OUTLINES = (
    "Points x, y in order around the body: airfoil .dat (Selig or Lednicer) or .csv, at most 2 MB; a drawing (.svg, "
    ".dxf: its largest closed curve); or a mesh (.stl, .obj, .ply), cut half way up z."
)
MERIDIANS = (
    "A table (.csv, .dat) of x along the axis and the radius r from nose to tail, or of a symmetric section; a drawing "
    "of one (.svg, .dxf); or a mesh of revolution (.stl, .obj, .ply) in any position, whose axis is found."
)
CHOICES = ("upload_part", "upload_axis", "upload_at", "upload_poor_fit")


def upload() -> None:
    """Draw the upload and the choices that its kind of file has."""
    st.file_uploader(
        "Outline",
        type=[suffix.lstrip(".") for suffix in SUFFIXES],
        max_upload_size=MEGABYTES,
        key="upload",
        on_change=_chosen,
        help=MERIDIANS if session().design.present.revolution else OUTLINES,
    )
    file = st.session_state.upload
    if file is None:
        st.info("Choose a file with the points of a closed outline, or the body as a mesh.")
        return
    if source := session().design.present.source:
        st.caption(plain(sentence(source)))
    suffix = Path(file.name).suffix.lower()
    revolution = session().design.present.revolution
    if suffix not in TABLES and not (suffix in MESHES and revolution):
        _part()
    if suffix in MESHES and not revolution:
        _plane()
    _fit()


def _part() -> None:
    st.text_input(
        "Part",
        key="upload_part",
        max_chars=LONGEST_PART,
        placeholder="the largest",
        on_change=_opened,
        help="Another closed curve: its layer (.dxf), its id (.svg), or its number by area, 1 for the largest.",
    )


def _plane() -> None:
    axis, place = st.columns(2)
    axis.selectbox(
        "Plane across",
        list(AXES),
        index=list(AXES).index("z"),
        key="upload_axis",
        on_change=_opened,
        help="The coordinate of the mesh that is the same on the whole plane that cuts it.",
    )
    place.number_input(
        "at",
        -LARGEST_PLACE,
        LARGEST_PLACE,
        None,
        key="upload_at",
        step=None,
        format="%g",
        placeholder="half way",
        on_change=_opened,
        help="That coordinate, in the numbers of the file; half way through the mesh if empty.",
    )


def _fit() -> None:
    st.checkbox(
        "Allow a poor fit",
        key="upload_poor_fit",
        on_change=_opened,
        help=f"Take the body, too, where it differs from the outline by more than {LARGEST_FIT_ERROR} d.",
    )


def _chosen() -> None:
    """Another file was chosen: it is opened with the first choices."""
    for name in CHOICES:
        st.session_state.pop(name, None)
    _opened()


def _opened() -> None:
    if st.session_state.upload is not None:
        open_file(revolution=session().design.present.revolution)


def open_file(*, revolution: bool) -> None:
    """Open the uploaded file as a body of that kind."""
    file, chosen = st.session_state.upload, st.session_state
    suffix = Path(file.name).suffix.lower()
    cut = suffix in MESHES and not revolution
    plane = {"axis": chosen.get("upload_axis", "z"), "at": chosen.get("upload_at")} if cut else {}
    part = None if suffix in TABLES or (suffix in MESHES and revolution) else chosen.get("upload_part") or None
    poor_fit = bool(chosen.get("upload_poor_fit"))
    change(
        edits.open_upload,
        file.getvalue(),
        file.name,
        part=part,
        poor_fit=poor_fit,
        revolution=revolution,
        **plane,
    )
