"""`predict`: the model that answers."""

import pytest

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
