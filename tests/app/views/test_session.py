"""The session of a page: one object beside the listed controls, and none of another page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit_page import PAGE, SECONDS, healthy, metric

from fusiform.app.drawings.quantities import WALL_QUANTITIES
from fusiform.app.state.shape_sliders import SLIDERS
from fusiform.app.views.shared.session import KEY, SETTINGS

CONTROLS = (
    *SETTINGS,
    *("reynolds", "reynolds_slider", "alpha", *SLIDERS, "drawing", "take_away"),
    *("upload", "upload_part", "upload_axis", "upload_at", "upload_poor_fit"),
    *("objective", "lift", "weight", "add_constraint", "sketch", "front_over", "front_count"),
    *("front_chart", "front_point", "train_root", "train_recipe", "train_axis", "train_methods", "train_upload"),
)
"""The keys under which Streamlit keeps the values of its controls; those of buttons are not read."""
NUMBERED_CONTROLS = ("project_", "row_", "option_", "front_from_", "front_to_")
"""The beginnings of the keys of controls of which there are many."""


def test_beside_the_session_only_the_listed_controls_and_buttons_have_a_value(page: AppTest) -> None:
    keys, buttons = set[str](), set[str | None]()
    for section in ("Optimise", "Train", "Why", "Design"):
        healthy(page.button(f"view_{section}").click().run())
        keys |= {str(key) for key in page.session_state.keys()}  # noqa: SIM118
        buttons |= {element.key for element in (*page.button, *page.get("download_button"))}
    listed = {key for key in keys if key in CONTROLS or key.startswith(NUMBERED_CONTROLS)}
    plots = {f"plot_{quantity}" for quantity in WALL_QUANTITIES}
    assert keys - listed - buttons - plots == {KEY}


def test_sessions_do_not_see_each_other(page: AppTest) -> None:
    other = AppTest.from_file(PAGE, default_timeout=SECONDS).run()
    page.number_input("reynolds").set_value(40.0).run()
    assert metric(other.run(), "Drag") != metric(page, "Drag")
