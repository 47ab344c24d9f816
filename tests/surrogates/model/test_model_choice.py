"""`predict`: the model that answers."""

import pytest
import torch

import fusiform as fs
from fusiform.surrogates.model import model_choice

BODY, CONDITIONS = fs.Body.ellipse(2.0), fs.FlowConditions(5.0, 3.0)


def test_predict_gives_the_same_by_default_by_folder_and_by_model(surrogate, tmp_path):
    surrogate.save(tmp_path)
    expected = surrogate.evaluate(BODY, CONDITIONS)
    for model in (None, surrogate, tmp_path, str(tmp_path)):
        assert fs.predict(BODY, CONDITIONS, model=model).drag_coefficient == expected.drag_coefficient


def test_the_shipped_model_is_loaded_once(monkeypatch):
    fs.predict(BODY, CONDITIONS)
    monkeypatch.setattr(model_choice, "read_model", None)
    assert fs.predict(BODY, CONDITIONS).surrogate is fs.predict(BODY, CONDITIONS).surrogate


@pytest.mark.parametrize("around", [torch.no_grad, torch.inference_mode])
def test_the_shipped_model_cannot_be_changed_through_a_prediction(around):
    before = fs.predict(BODY, CONDITIONS)
    drag, bound = before.drag_coefficient, before.drag_bound
    model = before.surrogate
    with around():
        model.drag_scale[0] += 0.1
        model.basis.vectors.zero_()
        model.error.anchors.zero_()
        for parameter in model.network.parameters():
            parameter.zero_()
        model.network.parity.zero_()
    card = model.card
    model.card["heldout"]["cases"] = 0
    after = fs.predict(BODY, CONDITIONS)
    assert (after.drag_coefficient, after.drag_bound) == (drag, bound)
    assert after.surrogate.card == card
    assert after.surrogate is model


def test_a_model_does_not_change_with_the_network_that_it_was_made_from(surrogate):
    parts = {name: getattr(surrogate, name) for name in vars(surrogate) if not name.startswith("_")}
    made = fs.surrogates.Surrogate(**parts)
    expected = made.evaluate(BODY, CONDITIONS).drag_coefficient
    with torch.no_grad():
        parts["network"].perceptron.last.bias.add_(1.0)
    assert made.evaluate(BODY, CONDITIONS).drag_coefficient == expected


@pytest.mark.parametrize(
    ("body", "conditions", "model", "message"),
    [
        ("ellipse:3", CONDITIONS, None, "expected a Body and FlowConditions, got str and FlowConditions"),
        (BODY, 20.0, None, "expected a Body and FlowConditions, got Body and float"),
        (BODY, CONDITIONS, 3, "expected the folder of a model, got int"),
        (BODY, CONDITIONS, "nowhere", "expected a model folder"),
    ],
)
def test_wrong_arguments_are_sentences(body, conditions, model, message):
    with pytest.raises(fs.InputError, match=message):
        fs.predict(body, conditions, model=model)
