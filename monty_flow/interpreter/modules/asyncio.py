"""`asyncio`: tasks, queues and locks; written in the script language (`modules/scripts/asyncio_*.py`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.cancellation import CancelledError
from monty_flow.interpreter.runtime.run import Run

#: What the library defines and scripts see.
_NAMES: Final = (
    'run Runner gather create_task ensure_future wait wait_for timeout timeout_at as_completed TaskGroup sleep shield '
    'current_task all_tasks iscoroutine iscoroutinefunction isfuture Future Task Handle TimerHandle Timeout Queue '
    'LifoQueue PriorityQueue QueueEmpty QueueFull QueueShutDown Event Lock Condition Semaphore BoundedSemaphore Barrier '
    'BrokenBarrierError InvalidStateError get_event_loop get_running_loop new_event_loop set_event_loop '
    'run_coroutine_threadsafe to_thread wrap_future'
).split()


def _of_library(name: str) -> Callable[[Run], Any]:
    return lambda run: run.globals[f'asyncio:{name}']


MODULE = Definition(
    'asyncio',
    static={
        'CancelledError': CancelledError,
        'TimeoutError': TimeoutError,
        'FIRST_COMPLETED': 'FIRST_COMPLETED',
        'FIRST_EXCEPTION': 'FIRST_EXCEPTION',
        'ALL_COMPLETED': 'ALL_COMPLETED',
    },
    objects={
        **{name: _of_library(name) for name in _NAMES},
        'AbstractEventLoop': _of_library('EventLoop'),
        'BaseEventLoop': _of_library('EventLoop'),
    },
    left_out={
        'a script has no network; call an external function': 'open_connection start_server open_unix_connection '
        'start_unix_server StreamReader StreamWriter StreamReaderProtocol BaseProtocol BufferedProtocol DatagramProtocol '
        'Protocol BaseTransport DatagramTransport ReadTransport Transport WriteTransport AbstractServer Server '
        'IncompleteReadError LimitOverrunError SendfileNotAvailableError',
        'a script has no processes; call an external function': 'create_subprocess_exec create_subprocess_shell '
        'SubprocessProtocol SubprocessTransport AbstractChildWatcher FastChildWatcher MultiLoopChildWatcher '
        'PidfdChildWatcher SafeChildWatcher ThreadedChildWatcher get_child_watcher set_child_watcher',
        'there is one kind of loop': 'AbstractEventLoopPolicy DefaultEventLoopPolicy SelectorEventLoop '
        'get_event_loop_policy set_event_loop_policy EventLoop',
        'use the generators and classes of the language': 'coroutine coroutines',
        'it is a part of the module that is not meant for users': 'base_events base_futures base_subprocess base_tasks '
        'constants events exceptions format_helpers futures locks log mixins protocols queues runners selector_events '
        'sslproto staggered streams subprocess sys taskgroups tasks threads timeouts tools transports trsock unix_events '
        'windows_events graph',
        'it is not part of this release': 'create_eager_task_factory eager_task_factory future_add_to_awaited_by '
        'future_discard_from_awaited_by capture_call_graph format_call_graph print_call_graph FrameCallGraphEntry '
        'FutureCallGraph',
    },
)
