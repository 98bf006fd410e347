"""Threads for sync functions and the loop for async ones."""

from __future__ import annotations

import asyncio
import logging
import threading
from queue import SimpleQueue
from typing import Any

import pytest

from monty_flow.engine import wakeup
from monty_flow.engine.threads import LoopThread, Pool, ThreadLost
from tests.engine.bench import HANG_SECONDS


def test_tasks_are_done_side_by_side_up_to_the_size() -> None:
    together = threading.Barrier(3, timeout=HANG_SECONDS)
    done = threading.Semaphore(0)

    def work(task: int) -> None:
        together.wait()
        done.release()

    pool: Pool[int] = Pool(3, work, 'test')
    for task in range(6):
        pool.put(task)

    assert all(done.acquire(timeout=HANG_SECONDS) for _ in range(6))
    pool.stop()


class HeldQueue(SimpleQueue[Any]):
    """A queue whose readers have taken what they got, and do not go on before they are let."""

    def __init__(self) -> None:
        self.taken = threading.Semaphore(0)
        self.go_on = threading.Event()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take, and wait to be let."""
        found = super().get(block, timeout)
        self.taken.release()
        self.go_on.wait(HANG_SECONDS)
        return found


def test_a_thread_that_has_just_taken_a_task_does_not_pass_for_one_that_waits() -> None:
    together = threading.Barrier(2, timeout=HANG_SECONDS)
    done = threading.Semaphore(0)

    def work(task: int) -> None:
        together.wait()
        done.release()

    pool: Pool[int] = Pool(2, work, 'test')
    pool._tasks = tasks = HeldQueue()
    pool.put(0)
    assert tasks.taken.acquire(timeout=HANG_SECONDS)
    # The first thread has its task and has not begun it.
    pool.put(1)
    tasks.go_on.set()

    assert all(done.acquire(timeout=HANG_SECONDS) for _ in range(2))
    pool.stop()


class Hanging:
    """Work of which the task 'hangs' is stuck until it is let, in a thread that is lost then."""

    def __init__(self) -> None:
        self.stuck, self.release, self.done = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, task: str) -> None:
        """Do a task."""
        if task == 'hangs':
            self.stuck.set()
            self.release.wait(HANG_SECONDS)
            raise ThreadLost
        self.done.set()


def test_a_thread_that_is_lost_is_replaced() -> None:
    work = Hanging()
    pool: Pool[str] = Pool(1, work, 'test')
    pool.put('hangs')
    assert work.stuck.wait(HANG_SECONDS)
    pool.replace_thread()
    pool.put('goes on')

    assert work.done.wait(HANG_SECONDS)
    work.release.set()
    pool.stop()


def test_a_task_that_waits_for_a_thread_that_is_lost_gets_another_one() -> None:
    work = Hanging()
    pool: Pool[str] = Pool(1, work, 'test')
    pool.put('hangs')
    assert work.stuck.wait(HANG_SECONDS)
    pool.put('waits')
    pool.replace_thread()

    assert work.done.wait(HANG_SECONDS)
    work.release.set()
    pool.stop()


def test_a_task_waits_for_another_thread_when_there_can_be_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, release = threading.Event(), threading.Event()
    done: SimpleQueue[str] = SimpleQueue()

    def work(task: str) -> None:
        begun.set()
        release.wait(HANG_SECONDS)
        done.put(task)

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    pool: Pool[str] = Pool(2, work, 'test')
    pool.put('one')
    begun.wait(HANG_SECONDS)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, 'start', refuse)
        pool.put('two')
        with pytest.raises(RuntimeError, match=r"^can't start new thread$"):
            Pool(1, work, 'test').put('nobody')
    pool.put('three')
    release.set()

    assert sorted(done.get(timeout=HANG_SECONDS) for _ in range(3)) == ['one', 'three', 'two']
    pool.stop()


@pytest.mark.parametrize('error', [ValueError('no'), SystemExit(1)])
def test_a_task_that_fails_is_logged_and_its_thread_goes_on(
    caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    done = threading.Event()

    def work(task: int) -> None:
        if task == 0:
            raise error
        done.set()

    pool: Pool[int] = Pool(1, work, 'test')
    with caplog.at_level(logging.ERROR, 'monty_flow.engine'):
        pool.put(0)
        pool.put(1)
        went_on = done.wait(HANG_SECONDS)

    pool.stop()
    assert went_on
    assert [record.message for record in caplog.records] == [
        'a task of the worker failed; this is an error of the engine'
    ]


def test_a_loop_goes_on_after_a_task_that_a_function_left_to_itself_has_exited(
    caplog: pytest.LogCaptureFixture,
) -> None:
    leaving, went_on = threading.Event(), threading.Event()
    left = []

    async def exits() -> None:
        leaving.set()
        raise SystemExit(1)

    async def leave() -> None:
        left.append(asyncio.ensure_future(exits()))

    async def go_on() -> None:
        went_on.set()

    loop = LoopThread('test')
    loop.spawn('one', leave())
    leaving.wait(HANG_SECONDS)
    loop.spawn('two', go_on())

    assert went_on.wait(HANG_SECONDS)
    loop.stop()
    assert [record.message for record in caplog.records] == [
        'a task of a function ended in an error that ends a loop; the others go on'
    ]


def test_stopping_the_loop_cancels_what_runs() -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def hang() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    loop = LoopThread('test')
    loop.spawn('key', hang())
    begun.wait(HANG_SECONDS)

    loop.stop()

    assert cancelled.wait(HANG_SECONDS)


def test_an_announcement_wakes_those_who_wait_for_this_database() -> None:
    here, there = wakeup.subscribe('here'), wakeup.subscribe('there')

    wakeup.announce('here')

    assert (here.is_set(), there.is_set()) == (True, False)


def test_a_coroutine_that_is_cancelled_before_it_has_begun_hears_of_it() -> None:
    loop = LoopThread('loop')
    heard: list[str] = []
    ended = threading.Event()
    blocked = threading.Event()

    async def block() -> None:
        blocked.wait(HANG_SECONDS)

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append('cancelled')
        ended.set()

    loop.spawn('first', block())
    loop.spawn('second', wait())
    loop.cancel('second')
    blocked.set()

    assert ended.wait(HANG_SECONDS)
    assert heard == ['cancelled']
    loop.stop()
