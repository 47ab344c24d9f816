"""The background of the page: jobs that wait, stop and fail, and caches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from fusiform.app.background import jobs
from fusiform.app.background.cache import LruCache, OwnedCache
from fusiform.app.background.computations import optimization_job
from fusiform.app.background.jobs import SERVER_LINE, Job
from fusiform.app.background.line import Line
from fusiform.app.state.job_snapshot import JobKind
from fusiform.solvers import Body, FlowConditions, InputError, load_body
from fusiform.solvers.inverse import DesignPoint, Problem
from fusiform.surrogates import load_surrogate

SECONDS = 60.0


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.01)


def test_only_a_few_jobs_run_at_once_and_their_places_are_given_back() -> None:
    began: list[int] = []
    gates = [threading.Event() for _ in range(SERVER_LINE.most_running + 3)]

    def work(number: int) -> bool:
        began.append(number)
        return gates[number].wait(SECONDS)

    line = [Job(lambda job, number=number: work(number), JobKind.SOLVING) for number in range(len(gates))]
    wait_until(lambda: len(began) == SERVER_LINE.most_running)
    assert [job.snapshot().place for job in line] == [0] * SERVER_LINE.most_running + [1, 2, 3]
    line[SERVER_LINE.most_running].stop()
    assert line[SERVER_LINE.most_running].wait(SECONDS)
    left = line[SERVER_LINE.most_running].snapshot()
    assert (left.running, left.result, left.error) == (False, None, None)
    gates[1].set()
    assert line[1].wait(SECONDS)
    wait_until(lambda: began[SERVER_LINE.most_running :] == [SERVER_LINE.most_running + 1])
    assert [job.snapshot().place for job in line[-2:]] == [0, 1]
    for gate in gates:
        gate.set()
    assert all(job.wait(SECONDS) for job in line)
    assert sorted(began) == [0, 1, *range(SERVER_LINE.most_running + 1, len(gates))]


def test_the_line_has_an_end() -> None:
    line, release = Line(most_running=2, most_waiting=1), threading.Event()
    jobs = [Job(lambda job: release.wait(SECONDS), JobKind.SOLVING, line=line) for _ in range(3)]
    with pytest.raises(InputError, match="try again in a minute"):
        Job(lambda job: None, JobKind.SOLVING, line=line)
    release.set()
    assert all(job.wait(SECONDS) for job in jobs)


@pytest.mark.parametrize("limit", ["DEADLINE_SECONDS", "LEFT_SECONDS"])
def test_a_job_past_its_deadline_or_left_alone_stops(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(jobs, limit, -1.0)
    conditions = DesignPoint(FlowConditions(10.0))
    problem = Problem(load_body("circle"), (conditions,), certify=True, verify=None)
    job = optimization_job(problem, load_surrogate(), lambda: limit == "DEADLINE_SECONDS")
    assert job.wait(SECONDS)
    result = job.snapshot().result.result
    assert (result.evaluations, result.stopped) == (1, True)


def test_a_job_continues_while_the_session_is_connected() -> None:
    gone = threading.Event()
    job = Job(lambda job: job.should_stop(), JobKind.SOLVING, lambda: not gone.is_set())
    assert job.wait(SECONDS)
    assert job.snapshot().result is False


def test_a_crash_of_a_job_is_a_sentence_and_gives_its_place_back() -> None:
    for _ in range(2 * SERVER_LINE.most_running):
        job = Job(lambda job: 1 / 0, JobKind.SOLVING)
        assert job.wait(SECONDS)
        assert str(job.snapshot().error).startswith("The computation failed (ZeroDivisionError")


def test_a_failing_job_leaves_a_sentence() -> None:
    def fail(job: Job) -> None:
        raise InputError("expected another body")

    job = Job(fail, JobKind.SOLVING)
    assert job.wait(SECONDS)
    assert job.snapshot().error == "expected another body"
    assert not job.snapshot().running


def test_a_cache_keeps_the_values_used_last_and_none_of_a_call_that_raised() -> None:
    cache: LruCache[int] = LruCache(2)
    assert [cache.get_or_make(key, lambda key=key: 10 * key) for key in (1, 2)] == [10, 20]
    cache.get_or_make(1, lambda: 0)
    cache.get_or_make(3, lambda: 30)
    assert (cache.get(1), cache.get(2), cache.get(3)) == (10, None, 30)
    with pytest.raises(ZeroDivisionError):
        cache.get_or_make(4, lambda: 1 // 0)
    assert cache.get(4) is None


def test_owned_values_are_dropped_with_their_owner() -> None:
    owned: OwnedCache[Body, int] = OwnedCache(2)
    body = load_body("ellipse:2")
    assert owned.get_or_make(body, "a", lambda: 1) == owned.get_or_make(body, "a", lambda: 2) == 1
    del body
    assert len(owned._caches) == 0
