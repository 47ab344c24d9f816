"""The upload of an outline, with the part of a drawing and the plane of a mesh."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from fusiform.app.edits import design as edits
from fusiform.app.views.shared.session import change
from fusiform.solvers.geometry.formats.mesh_sections import AXES
from fusiform.solvers.geometry.formats.outline_files import SUFFIXES, TABLES
from fusiform.solvers.geometry.formats.sandbox import MESHES

MEGABYTES = 20
LONGEST_PART = 200
LARGEST_PLACE = 1e100


def upload() -> None:
    """Draw the upload and the choices that its kind of file has."""
    st.file_uploader(
        "Outline",
        type=[suffix.lstrip(".") for suffix in SUFFIXES],
        max_upload_size=MEGABYTES,
        key="upload",
        on_change=_opened,
        help="Points x, y in order around the body: airfoil .dat (Selig or Lednicer) or .csv, at most 2 MB; a "
        "drawing (.svg, .dxf: its largest closed curve); or a mesh (.stl, .obj, .ply), cut half way up z.",
    )
    file = st.session_state.upload
    if file is None:
        st.info("Choose a file with the points of a closed outline.")
        return
    suffix = Path(file.name).suffix.lower()
    if suffix not in TABLES:
        _part()
    if suffix in MESHES:
        _plane()


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


def _opened() -> None:
    file, chosen = st.session_state.upload, st.session_state
    if file is None:
        return
    suffix = Path(file.name).suffix.lower()
    plane = {"axis": chosen.get("upload_axis", "z"), "at": chosen.get("upload_at")} if suffix in MESHES else {}
    part = chosen.get("upload_part") or None if suffix not in TABLES else None
    change(edits.open_upload, file.getvalue(), file.name, part=part, **plane)
