"""What the first page of a server asks for, asked before anybody has opened it."""

from __future__ import annotations

from threading import Thread


def in_background() -> None:
    """Import the page and answer its first questions in a thread, while the server and the browser start."""
    Thread(target=_warm, name="warm", daemon=True).start()


def _warm() -> None:
    import fusiform.app.main  # noqa: F401 (torch, plotly, and all views)
    from fusiform.app.drawings import curves
    from fusiform.app.drawings.pictures import window_around
    from fusiform.app.drawings.quantities import WALL_QUANTITIES
    from fusiform.app.state.control_points import outline_of
    from fusiform.app.views.design import scene
    from fusiform.app.views.shared import answers, session

    design = session.first_design()
    body = answers.body_of(design)
    prediction = answers.prediction("", body, design.conditions)
    window = window_around([outline_of(body, design.alpha_deg)], scene.ASPECT, scene.NEAR_LENGTHS)
    field = prediction.network_field
    for quantity in ("streamfunction", session.SETTINGS["quantity"]):
        answers.sampled(field, window, scene.COLUMNS, quantity)
    answers.sensitivity("", body, design.conditions)
    walls = [answers.wall_curve("surrogate", field, "surrogate", ())]
    for quantity in WALL_QUANTITIES:
        curves.payload(walls, quantity)
