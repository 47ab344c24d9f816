"""The model card: the README of a model, with its architecture, its making, its cost in solves and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fusiform.solvers.common.files import write_atomically
from fusiform.surrogates.model.surrogate import Surrogate

DEFINITIONS = (
    "Drag: |C_D/C_D* − 1|. Lift: |C_L − C_L*|, absolute. Vorticity: ‖ω − ω*‖/‖ω*‖ over the nodes of the elements; "
    "velocity likewise. "
    "* is the solver on the model's own elements. Factorisations are those of the flow's Jacobian: a full solve "
    "takes one to two, a SIP body about one."
)


def comparison_table(surrogates: list[Surrogate]) -> list[list[str]]:
    """Header and one row a model: method, solver work, held-out errors."""
    header = ["model", "method", "full solves", "SIP bodies (accepted)", "factorisations", "network steps"]
    header += [
        f"{quantity} {which}" for quantity in ("drag", "lift", "vorticity", "velocity") for which in ("median", "95 %")
    ]
    return [header, *(_row(s.name, s.card) for s in surrogates)]


def _row(name: str, card: dict[str, Any]) -> list[str]:
    training, errors = card["recipe"]["training"], card["heldout"]
    steps = card["recipe"]["fit"]["steps"] + training["rounds"] * training["round_steps"] * (
        training["method"] != "supervised"
    )
    tangents = card["recipe"].get("tangents", {"bodies": 0})
    steps += tangents["steps"] if tangents["bodies"] else 0
    steps += card["recipe"].get("finish", {"steps": 0})["steps"]
    row = [name, training["method"], str(card["full_solves"])]
    row += [f"{card['sip_bodies_drawn']} ({card['sip_bodies_accepted']})", str(card["factorisations"]), str(steps)]
    return row + [
        f"{errors[w][q]:.2%}" if w != "lift" else f"{errors[w][q]:.4f}"
        for w in errors
        if w != "cases"
        for q in ("median", "p95")
    ]


def markdown(table: list[list[str]]) -> str:
    """A table as Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([lines[0], "|" + "---|" * len(table[0]), *lines[1:]])


def coverage_table(counted: dict[str, Any]) -> list[list[str]]:
    """Header and one row a cell: bodies, and the shares that keep the bounds on drag and lift."""
    header = ["fineness", "Re", "incidence", "bodies", "drag within the bound", "lift within the bound"]
    return [header, *(_cell_row(cell) for cell in counted["cells"])]


def _cell_row(cell: dict[str, Any]) -> list[str]:
    ranges = ["{:.3g} to {:.3g}".format(*cell[name]) for name in ("fineness", "reynolds", "incidence")]
    return [*ranges, str(cell["bodies"]), f"{cell['drag']:.0%}", f"{cell['lift']:.0%}"]


def write_card(folder: Path, surrogate: Surrogate, others: list[Surrogate]) -> Path:
    """Write README.md beside the model's weights, with the models that it is compared with; returns its path."""
    card, basis, space = surrogate.card, surrogate.basis, surrogate.space
    training, errors, perceptron = card["recipe"]["training"], card["heldout"], surrogate.network.perceptron
    counted = card["calibration"]
    text = f"""# Model card: {surrogate.name}

**What.** A neural surrogate of steady laminar flow past a planar body. In: {space.modes} complex map coefficients at
incidence and the Reynolds number. Out: drag and lift (pressure and friction parts) and the whole flow field, as
{basis.size} coefficients of a mirror-symmetric linear basis on {basis.resolution}. The network is a residual perceptron
with {len(perceptron.hidden) + 1} hidden layers of {perceptron.first.out_features}, exactly equivariant under mirroring.

**Where it is valid.** Re {space.reynolds_min:g} to {space.reynolds_max:g}, incidence up to {space.alpha_max_deg:g}
degrees, ellipses of fineness {space.fineness_min:g} to {space.fineness_max:g} and bodies around them up to nearly
pointed ones. Outside that range no bound is given, and `confidence` is 0.

**How far to trust an answer.** `drag_bound` and `lift_bound`, from the distance to the training designs, the residual
of the predicted flow and the part of the space: fitted to nine tenths of {counted["bodies"]} bodies that no training
saw, solved to the accuracy of `fine`, they were kept by {counted["drag"]:.1%} (drag) and
{counted["lift"]:.1%} (lift) of the other tenth, in turn. By part of the space:

{markdown(coverage_table(counted))}

`confidence` is 1 where the bound on the drag is at most 1 % of it.

**How it was made.** Method `{training["method"]}`: {card["full_solves"]} full solves, and {card["sip_bodies_drawn"]}
bodies answered by the state inverse, of which {card["sip_bodies_accepted"]} were accepted,
{card.get("tangent_bodies", 0)} of these with the derivatives of their flow along the design; {card["factorisations"]}
factorisations in all. The recipe is in `config.json`, under `card`.

**Held-out errors**, {errors["cases"]} bodies of the same design space that no training saw, drawn with another seed:

{markdown(comparison_table([surrogate, *others]))}

{DEFINITIONS}

Versions: {", ".join(f"{key} {value}" for key, value in card["versions"].items())}.
Data {card["dataset_digest"]}, held-out {card["heldout_digest"]}.
"""
    path = folder / "README.md"
    write_atomically(path, lambda file: file.write(text.encode()))
    return path
