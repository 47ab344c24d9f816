"""The page's own components: the drawing, the plots along the wall, the sketch of an optimisation, a body in space."""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from fusiform.app.drawings.component_sources import component_sources


def picture(svg: str, key: str) -> None:
    """Show an SVG drawing that cannot be dragged; `svg` must be made by the page, because nothing checks it."""
    component("constraint_sketch")(key=key, data={"svg": svg, "scale": 1.0, "version": 0})


def component(name: str) -> Any:
    """The component `name`, one of `component_sources.SCRIPTS`, ready to be mounted in this run."""
    return st.components.v2.component(f"fusiform_{name}", **cast(Any, component_sources(name)))
