"""The training loop: its ends, its files, killing and going on, several processes."""

import copy
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import pytest
import torch
from torch import nn

from fusiform.solvers import InputError
from fusiform.surrogates.training import (
    Batch,
    Ended,
    FirstOrder,
    HalfInverseGradients,
    Regression,
    RobustRegression,
    ScaleInvariantPhysics,
    TrainConfig,
    loss_of,
    one_cycle,
    train,
)
from fusiform.surrogates.training.loop import parallel

SHORT = TrainConfig(batch=8, steps=30, every=10, seed=3, schedule=one_cycle())


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1)).double()


def data(size=40):
    x = torch.rand(size, 2, generator=torch.Generator().manual_seed(1)).double()
    return Batch.of(x, (x[:, :1] * x[:, 1:]).sin())


def adam(net, rate=0.01):
    return FirstOrder(torch.optim.Adam(net.parameters(), lr=rate))


def sip(net):
    return ScaleInvariantPhysics(adam(net), proxy=RobustRegression(0.3))


def error(net):
    with torch.no_grad():
        return float(loss_of(Regression().residual(net(data().inputs), data())))


def weights(net):
    return nn.utils.parameters_to_vector(net.parameters()).detach().clone()


def lines(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def run(folder, config=SHORT, make=adam, **knobs):
    net = network()
    result = train(net, make(net), Regression(), knobs.pop("data", data()), config, folder, **knobs)
    return net, result


def test_training_ends_with_the_steps_and_writes_metrics_and_checkpoints(tmp_path):
    calls = []
    net, result = run(tmp_path, validate=error, progress=lambda *call: calls.append(call))
    assert (result.steps, result.ended_by) == (30, Ended.STEPS)
    assert [line["step"] for line in lines(tmp_path)] == [10, 20, 30]
    assert {"loss", "seconds", "step_size", "accepted", "validation"} <= lines(tmp_path)[0].keys()
    assert [call[:2] for call in calls] == [(10, 30), (20, 30), (30, 30)]
    assert calls[0][3] > calls[2][3] == 0.0
    best = network()
    best.load_state_dict(torch.load(tmp_path / "best.pt", weights_only=True)["network"])
    assert error(best) == result.best_validation == min(line["validation"] for line in lines(tmp_path))
    assert error(net) < error(network())


def test_training_ends_with_the_clock(tmp_path):
    result = run(tmp_path, replace(SHORT, steps=None, seconds=0.2))[1]
    assert result.ended_by is Ended.SECONDS
    assert 0.2 <= result.seconds < 0.5
    assert lines(tmp_path)[-1]["step"] == result.steps
    again = run(tmp_path, replace(SHORT, steps=None, seconds=0.2))[1]
    assert again.steps == result.steps


def test_training_ends_when_the_validation_stops_falling(tmp_path):
    values = iter([3.0, 2.0, 2.5, 2.0, 4.0])
    config = replace(SHORT, steps=1000, every=5, patience=2)
    _, result = run(tmp_path, config, validate=lambda net: next(values))
    assert (result.steps, result.ended_by, result.best_validation) == (25, Ended.PATIENCE, 2.0)
    assert run(tmp_path, config, validate=lambda net: math.nan)[1].steps == 25


@pytest.mark.parametrize("make", [adam, sip, lambda net: HalfInverseGradients()], ids=["DP", "SIP", "HIG"])
def test_a_run_that_stopped_goes_on_bit_for_bit(tmp_path, make):
    whole, _ = run(tmp_path / "whole", make=make, validate=error)
    # The schedule must see the same end: the first part is stopped from outside, after its checkpoint.

    class StopError(Exception):
        pass

    def stop(step, *_):
        if step == 20:
            raise StopError

    with pytest.raises(StopError):
        run(tmp_path / "parts", make=make, validate=error, progress=stop)
    with (tmp_path / "parts/metrics.jsonl").open("a") as file:
        file.write('{"step": 30, "loss": 99}\n{"step": 3')  # a line too many, and half of one
    parts, result = run(tmp_path / "parts", make=make, validate=error)
    assert torch.equal(weights(whole), weights(parts))
    assert result.steps == 30

    def timeless(folder):
        return [{k: v for k, v in line.items() if k != "seconds"} for line in lines(folder)]

    assert timeless(tmp_path / "parts") == timeless(tmp_path / "whole")


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_training_loop import SHORT, error, network, run, sip
from dataclasses import replace
from itertools import chain, count

def slow(net):
    time.sleep(0.1)
    return error(net)

run(Path({folder!r}), replace(SHORT, steps=200, every=3), sip, validate=slow)
"""


def test_a_run_killed_by_the_system_goes_on_bit_for_bit(tmp_path):
    config = replace(SHORT, steps=200, every=3)
    whole, _ = run(tmp_path / "whole", config, sip, validate=error)
    folder = tmp_path / "killed"
    script = KILLED.format(tests=str(Path(__file__).parent), folder=str(folder))
    process = subprocess.Popen([sys.executable, "-c", script])
    try:
        deadline = time.monotonic() + 60.0
        while not (folder / "last.pt").exists() or len(lines(folder)) < 4:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert lines(folder)[-1]["step"] < 200
    resumed, _ = run(folder, config, sip, validate=error)
    assert torch.equal(weights(whole), weights(resumed))
    assert [line["step"] for line in lines(folder)] == [*range(3, 200, 3), 200]


WORKER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_training_loop import SHORT, adam, parallel, run, sip, weights
import torch
rank = int(sys.argv[1])
with parallel.process_group():
    for name, make in (("adam", adam), ("sip", sip)):
        net, _ = run(Path({folder!r}) / name, make=make)
        torch.save(weights(net), Path({folder!r}) / f"{{name}}-{{rank}}.pt")
"""


def test_two_processes_give_what_one_gives_with_all_their_samples(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = WORKER.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    common = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "GLOO_SOCKET_IFNAME": "lo",
    }
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(rank)], env={**common, "RANK": str(rank)})
        for rank in (0, 1)
    ]
    try:
        assert [process.wait(timeout=120) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    for name, make in (("adam", adam), ("sip", sip)):
        alone, _ = run(tmp_path / f"{name} alone", make=make)
        first, second = (torch.load(tmp_path / f"{name}-{rank}.pt", weights_only=True) for rank in (0, 1))
        assert torch.equal(first, second)
        assert torch.allclose(first, weights(alone), rtol=1e-9, atol=1e-12)
        assert [line["step"] for line in lines(tmp_path / name)] == [10, 20, 30]


def test_the_seconds_are_those_of_the_clock(tmp_path):
    ticks = count()
    _, result = run(tmp_path, TrainConfig(8, seconds=5.0, clock=lambda: float(next(ticks))))
    assert (result.steps, result.seconds, result.ended_by) == (5, 5.0, Ended.SECONDS)


def test_a_run_that_is_stopped_goes_on_bit_for_bit(tmp_path):
    whole, _ = run(tmp_path / "whole")
    calls = count()
    _, result = run(tmp_path / "parts", stop=lambda: next(calls) == 13)
    assert (result.steps, result.ended_by) == (14, Ended.STOPPED)
    parts, result = run(tmp_path / "parts")
    assert (result.steps, result.ended_by) == (30, Ended.STEPS)
    assert torch.equal(weights(whole), weights(parts))


def test_half_inverse_steps_refuse_several_processes(monkeypatch):
    monkeypatch.setattr(parallel, "world_size", lambda: 2)
    with pytest.raises(InputError, match="expected one process for half-inverse steps, got 2"):
        HalfInverseGradients().step(network(), data(), Regression())


def test_each_pass_sees_every_sample_once_in_another_order(tmp_path):
    seen = []

    class Noting:
        def __len__(self):
            return 40

        def select(self, index):
            seen.append(index.tolist())
            return data().select(index)

    run(tmp_path, replace(SHORT, steps=10), data=Noting())
    first, second = list(chain(*seen[:5])), list(chain(*seen[5:]))
    assert sorted(first) == sorted(second) == list(range(40))
    assert first != second != list(range(40))
    seen.clear()
    run(tmp_path / "in order", replace(SHORT, steps=5, shuffle=False), data=Noting())
    assert list(chain(*seen)) == list(range(40))


def test_another_seed_gives_another_order(tmp_path):
    one, _ = run(tmp_path / "1")
    two, _ = run(tmp_path / "2", replace(SHORT, seed=4))
    same, _ = run(tmp_path / "3")
    assert torch.equal(weights(one), weights(same))
    assert not torch.equal(weights(one), weights(two))


def test_random_numbers_inside_the_network_go_on_too(tmp_path):
    def noisy():
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(2, 16), nn.Dropout(0.2), nn.Linear(16, 1)).double()
        return net, adam(net)

    whole, rule = noisy()
    train(whole, rule, Regression(), data(), replace(SHORT, schedule=lambda done: 1.0), tmp_path / "whole")
    for steps in (10, 30):
        net, rule = noisy()
        train(net, rule, Regression(), data(), TrainConfig(8, steps, every=10, seed=3), tmp_path / "parts")
    assert torch.equal(weights(whole), weights(net))


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    run(tmp_path)
    other = nn.Linear(2, 1).double()
    with pytest.raises(InputError, match="other parameters"):
        train(other, adam(other), Regression(), data(), SHORT, tmp_path)


def test_a_checkpoint_of_another_method_is_refused(tmp_path):
    run(tmp_path)
    net = network()
    with pytest.raises(InputError, match=r"this training method in .*last\.pt, got one of another method or version"):
        train(net, sip(net), Regression(), data(), SHORT, tmp_path)


def test_metrics_without_a_checkpoint_are_begun_anew(tmp_path):
    (tmp_path / "metrics.jsonl").write_text('{"step": 5, "loss": 1}\n')
    run(tmp_path)
    assert [line["step"] for line in lines(tmp_path)] == [10, 20, 30]


def test_tensorboard_is_optional_and_asked_for(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(InputError, match="pip install tensorboard"):
        run(tmp_path, tensorboard=tmp_path / "board")
    assert run(tmp_path)[1].steps == 30


@pytest.mark.parametrize(
    ("knobs", "match"),
    [({"steps": None}, "expected an end"), ({"batch": 0}, "at least 1"), ({"every": 0}, "at least 1 step")],
)
def test_settings_that_cannot_be_are_refused(knobs, match):
    with pytest.raises(InputError, match=match):
        replace(SHORT, **knobs)


def test_the_network_is_trained_in_place_and_copies_are_left_alone(tmp_path):
    net = network()
    before = copy.deepcopy(net)
    train(net, adam(net), Regression(), data(), SHORT, tmp_path)
    assert not torch.equal(weights(net), weights(before))
    assert torch.equal(weights(before), weights(network()))
