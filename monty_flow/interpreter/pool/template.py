"""The process of which children are forked: started clean, with everything imported, one thread, and no walls yet.

It speaks with its pool over one socket:

    b'F' and a descriptor  ->  pid:i32       fork a child that serves that socket
    b'R' pid:i32           ->  status:i32    wait for a child that was killed or has ended, as waitpid tells it

A child cannot reach this socket: it is closed there before the first request. When the pool's process is gone the socket ends,
so does the template, and with it, by the kernel, every child.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import socket
import struct

from monty_flow.interpreter.pool import messages, walls

PID = struct.Struct('>i')
#: What CPython imports when it is first used, and what scripts may use.
_LATE = (
    '_strptime encodings.utf_8 encodings.utf_7 encodings.utf_16 encodings.utf_16_le encodings.utf_16_be encodings.utf_32 '
    'encodings.utf_32_le encodings.utf_32_be encodings.utf_8_sig encodings.ascii encodings.latin_1 encodings.iso8859_1 '
    'encodings.iso8859_15 encodings.cp1252 encodings.cp437 encodings.unicode_escape encodings.raw_unicode_escape '
    'encodings.punycode encodings.idna asyncio stringprep locale'
).split()


def preload() -> None:
    """Import all that a script may need: behind the walls nothing can be imported any more."""
    import monty_flow.interpreter as interpreter

    for found in pkgutil.walk_packages(interpreter.__path__, 'monty_flow.interpreter.'):
        importlib.import_module(found.name)
    for name in _LATE:
        importlib.import_module(name)
    from monty_flow.interpreter import modules
    from monty_flow.interpreter.compiler.library import LIBRARIES, library_program
    from monty_flow.interpreter.modules import zoneinfo

    zoneinfo.preload()
    for name in modules.NAMES:
        modules.exports(name)
    for name in modules.SCRIPTED:
        # Compiled when it is needed; the text is kept.
        assert modules.source_of(name).source
    for name in LIBRARIES:
        library_program(name, False)
    interpreter.Monty('x = 1\nfor i in range(3): fetch(i)')
    gc.collect()
    # What is never collected is never written to, so children share its memory.
    gc.freeze()


def main(descriptor: int) -> None:
    """Fork children on request until the pool is gone."""
    # CPython itself sets LC_CTYPE when it finds no locale.
    os.environ.clear()
    walls.allow_stack()
    preload()
    control = socket.socket(fileno=descriptor)
    control.sendall(b'R')
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if not data:
            os._exit(0)
        if data[:1] == b'F' and descriptors:
            pid = os.fork()
            if not pid:
                _become_child(control, descriptors[0])
            os.close(descriptors[0])
            control.sendall(PID.pack(pid))
        elif data[:1] == b'R':
            _, status = os.waitpid(PID.unpack(data[1:5])[0], 0)
            control.sendall(PID.pack(status))


def _become_child(control: socket.socket, descriptor: int) -> None:
    try:
        control.close()
        # Standard input and output lead nowhere already; the watcher's look at its memory has a descriptor of its own.
        os.dup2(descriptor, 3)
        os.closerange(4, 256)
        _reopen()
        from monty_flow.interpreter.pool import child

        child.main(3)
    except BaseException as error:
        # Nothing of a script has run before the walls are up, and after that nothing gets here.
        messages.Channel(socket.socket(fileno=3)).send(['down', f'{type(error).__name__}: {error}'])
    finally:
        os._exit(1)


def _reopen() -> None:
    from monty_flow.interpreter.runtime import memory

    memory.reopen()
