"""The model card: the README of a model, with its architecture, its making, its cost in solves and its errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fusiform.solvers.common.files import write_atomically
from fusiform.surrogates.model.surrogate import Surrogate


@dataclass(frozen=True)
class KindWords:
    """The words of a card that depend on the kind of the bodies; {} stands for the largest incidence."""

    body: str
    inputs: str
    forces: str
    basis: str
    network: str
    range: str
    bounds: str
    kept: str

    @staticmethod
    def of(surrogate: Surrogate) -> KindWords:
        """The words for the bodies of a model."""
        return AROUND_AN_AXIS if surrogate.revolution else IN_THE_PLANE


IN_THE_PLANE = KindWords(
    body="a planar body",
    inputs="complex map coefficients at incidence",
    forces="drag and lift",
    basis="a mirror-symmetric linear basis",
    network=", exactly equivariant under mirroring",
    range="incidence up to {:g} degrees, ellipses",
    bounds="`drag_bound` and `lift_bound`",
    kept="{drag:.1%} (drag) and {lift:.1%} (lift)",
)
AROUND_AN_AXIS = KindWords(
    body="a body of revolution, along its axis",
    inputs="real map coefficients of its section",
    forces="the drag on πd²/4, d the diameter of the sphere of equal volume",
    basis="a linear basis of flows around an axis",
    network="",
    range="spheroids",
    bounds="`drag_bound`",
    kept="{drag:.1%}",
)


def definitions(surrogates: list[Surrogate]) -> str:
    """What the numbers of `comparison_table` are."""
    lift = "Lift: |C_L − C_L*|, absolute. " if "lift" in _quantities(surrogates) else ""
    return (
        f"Drag: |C_D/C_D* − 1|. {lift}Vorticity: ‖ω − ω*‖/‖ω*‖ over the nodes of the elements; velocity likewise. "
        "* is the solver on the model's own elements. Factorisations are those of the flow's Jacobian: a full solve "
        "takes one to two, a SIP body about one."
    )


def comparison_table(surrogates: list[Surrogate]) -> list[list[str]]:
    """Header and one row a model: method, solver work, held-out errors."""
    header = ["model", "method", "full solves", "SIP bodies (accepted)", "factorisations", "network steps"]
    quantities = _quantities(surrogates)
    header += [f"{quantity} {which}" for quantity in quantities for which in ("median", "95 %")]
    return [header, *(_row(s.name, s.card, quantities) for s in surrogates)]


def _quantities(surrogates: list[Surrogate]) -> list[str]:
    """What the models' errors are those of; bodies of revolution have no lift."""
    lift = [] if all(surrogate.revolution for surrogate in surrogates) else ["lift"]
    return ["drag", *lift, "vorticity", "velocity"]


def _row(name: str, card: dict[str, Any], quantities: list[str]) -> list[str]:
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
        f"{errors[w][q]:.2%}" if w != "lift" else f"{errors[w][q]:.4f}" for w in quantities for q in ("median", "p95")
    ]


def markdown(table: list[list[str]]) -> str:
    """A table as Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([lines[0], "|" + "---|" * len(table[0]), *lines[1:]])


def coverage_table(counted: dict[str, Any], revolution: bool = False) -> list[list[str]]:
    """Header and one row a cell: bodies, and the shares that keep the bounds on drag and lift.

    Bodies of `revolution` have neither incidence nor lift.
    """
    header = ["fineness", "Re", "incidence", "bodies", "drag within the bound", "lift within the bound"]
    table = [header, *(_cell_row(cell) for cell in counted["cells"])]
    return [[*row[:2], *row[3:5]] for row in table] if revolution else table


def _cell_row(cell: dict[str, Any]) -> list[str]:
    ranges = ["{:.3g} to {:.3g}".format(*cell[name]) for name in ("fineness", "reynolds", "incidence")]
    return [*ranges, str(cell["bodies"]), f"{cell['drag']:.0%}", f"{cell['lift']:.0%}"]


def write_card(folder: Path, surrogate: Surrogate, others: list[Surrogate]) -> Path:
    """Write README.md beside the model's weights, with the models that it is compared with; returns its path."""
    card, basis, space = surrogate.card, surrogate.basis, surrogate.space
    training, errors, perceptron = card["recipe"]["training"], card["heldout"], surrogate.network.perceptron
    counted, kind = card["calibration"], KindWords.of(surrogate)
    kept = kind.kept.format(**counted)
    text = f"""# Model card: {surrogate.name}

**What.** A neural surrogate of steady laminar flow past {kind.body}. In: {space.modes} {kind.inputs}
and the Reynolds number. Out: {kind.forces} (pressure and friction parts) and the whole flow field, as
{basis.size} coefficients of {kind.basis} on {basis.resolution}. The network is a residual perceptron
with {len(perceptron.hidden) + 1} hidden layers of {perceptron.first.out_features}{kind.network}.

**Where it is valid.** Re {space.reynolds_min:g} to {space.reynolds_max:g}, {kind.range.format(space.alpha_max_deg)}
of fineness {space.fineness_min:g} to {space.fineness_max:g} and bodies around them up to nearly
pointed ones. Outside that range no bound is given, and `confidence` is 0.

**How far to trust an answer.** {kind.bounds}, from the distance to the training designs, the residual
of the predicted flow and the part of the space: fitted to nine tenths of {counted["bodies"]} bodies that no training
saw, solved to the accuracy of `fine`, kept by {kept} of the other tenth, in turn. By part of the space:

{markdown(coverage_table(counted, surrogate.revolution))}

`confidence` is 1 where the bound on the drag is at most 1 % of it.

**How it was made.** Method `{training["method"]}`: {card["full_solves"]} full solves, and {card["sip_bodies_drawn"]}
bodies answered by the state inverse, of which {card["sip_bodies_accepted"]} were accepted,
{card.get("tangent_bodies", 0)} of these with the derivatives of their flow along the design; {card["factorisations"]}
factorisations in all. The recipe is in `config.json`, under `card`.

**Held-out errors**, {errors["cases"]} bodies of the same design space that no training saw, drawn with another seed:

{markdown(comparison_table([surrogate, *others]))}

{definitions([surrogate, *others])}

Versions: {", ".join(f"{key} {value}" for key, value in card["versions"].items())}.
Data {card["dataset_digest"]}, held-out {card["heldout_digest"]}.
"""
    path = folder / "README.md"
    write_atomically(path, lambda file: file.write(text.encode()))
    return path
