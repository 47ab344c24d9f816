"""The page's own components: the drawing, the plots along the wall, and the sketch of an optimisation."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, cast

import streamlit as st


def _source(name: str) -> dict[str, str]:
    folder = files("fusiform.app.drawings")
    return {kind: folder.joinpath(f"{name}.{kind}").read_text() for kind in ("html", "css", "js")}


@cache
def _sources() -> dict[str, dict[str, str]]:
    return {name: _source(name) for name in ("drawing", "curves", "sketch")}


def picture(svg: str, key: str) -> None:
    """An SVG drawing that is only looked at; `svg` must be the page's own, because nothing checks it."""
    component("sketch")(key=key, data={"svg": svg, "scale": 1.0, "version": 0})


def component(name: str) -> Any:
    """The component `name`, `drawing`, `curves` or `sketch`, ready to be mounted in this run."""
    return st.components.v2.component(f"fusiform_{name}", **cast(Any, _sources()[name]))
