"""Work in processes of one thread each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import wait as wait_for
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def run_in_processes(
    work: Callable[[Task], Result], tasks: Iterable[Task], workers: int
) -> Iterator[tuple[Task, Result]]:
    """(task, work(task)) as they finish, from `workers` processes; `work` and the tasks must pickle.

    Only a few tasks are queued ahead. An interrupt ends the processes; an end of the iteration lets them finish their
    tasks. They get one thread each: two that compete for a busy core are ten times slower than one. They end when this
    process ends for any reason.
    """
    os.environ["OMP_NUM_THREADS"] = "1"
    context = _context()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_the_parent) as pool:
        running: dict[Future[Result], Task] = {}
        queue = iter(tasks)
        try:
            while True:
                for task in islice(queue, 2 * workers - len(running)):
                    with _without_interrupts():
                        running[pool.submit(work, task)] = task
                if not running:
                    return
                done = wait(running, return_when=FIRST_COMPLETED).done
                for future in [future for future in running if future in done]:  # in the order of the tasks
                    yield running.pop(future), future.result()
        except KeyboardInterrupt:
            for process in multiprocessing.active_children():
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _context() -> multiprocessing.context.BaseContext:
    """On Linux processes fork from one that has loaded torch, so that only the first of all waits for that."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch"])
    return context


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes that are started here get no interrupt, which they would answer with a traceback each."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait_for([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
