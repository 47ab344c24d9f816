"""The model folder: what is written is what is read."""

import json
from importlib.resources import files

import pytest
import torch

from fusiform.solvers import Body, FlowConditions, InputError
from fusiform.solvers.common.frozen import kept
from fusiform.surrogates import load_surrogate


def test_saved_model_answers_the_same(surrogate, tmp_path):
    surrogate.save(tmp_path / "copy")
    again = load_surrogate(tmp_path / "copy")
    one = surrogate.evaluate(Body.ellipse(2.0), FlowConditions(5.0, 3.0)).summary()
    two = again.evaluate(Body.ellipse(2.0), FlowConditions(5.0, 3.0)).summary()
    assert {**one, "seconds": 0} == {**two, "seconds": 0}


def test_missing_model_is_a_sentence(tmp_path):
    with pytest.raises(InputError, match="expected a model folder"):
        load_surrogate(tmp_path / "nothing")


@pytest.mark.parametrize("damage", ["weights", "json", "format"])
def test_damaged_model_is_a_sentence(surrogate, tmp_path, damage):
    surrogate.save(tmp_path)
    config = tmp_path / "config.json"
    if damage == "weights":
        (tmp_path / "model.safetensors").write_bytes(b"garbage")
    elif damage == "json":
        config.write_text("{")
    else:
        config.write_text(json.dumps(json.loads(config.read_text()) | {"format": 99}))
    with pytest.raises(InputError, match="model"):
        load_surrogate(tmp_path)


def test_a_loaded_model_shares_its_tensors_with_no_other(surrogate):
    other = load_surrogate()

    def pointers(model):
        parts = [
            *kept(model, "network").state_dict().values(),
            *vars(kept(model, "basis")).values(),
            kept(model, "drag_scale"),
            kept(model, "error").anchors,
        ]
        return [part.untyped_storage().data_ptr() for part in parts if isinstance(part, torch.Tensor)]

    found = pointers(surrogate) + pointers(other)
    assert len(set(found)) == len(found)


def test_the_files_hold_what_they_held(surrogate, tmp_path):
    surrogate.save(tmp_path)
    shipped = files("fusiform.assets") / "models" / "default"
    for name in ("model.safetensors", "config.json"):
        assert (tmp_path / name).read_bytes() == (shipped / name).read_bytes()
