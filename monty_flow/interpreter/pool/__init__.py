"""Run scripts in processes of their own: the second wall around the sandbox.

    with SandboxPool() as pool:
        script = pool.script('fetch(x) + 1', inputs=['x'])
        script.run(inputs={'x': 1}, external_functions={'fetch': fetch})
        state = script.start(inputs={'x': 1})           # as of Monty, and so on

`sandbox.py` and `states.py` are what a host uses, `exchange.py` what is asked of a child and `asking.py` how, `children.py` and `template.py` make
the processes, `child.py` is what runs in one, `walls.py` what the kernel refuses to it, `messages.py` what passes between them.
"""

from monty_flow.interpreter.pool.sandbox import SandboxPool, SandboxScript
from monty_flow.interpreter.pool.states import SandboxFutureSnapshot, SandboxSnapshot

__all__ = ['SandboxFutureSnapshot', 'SandboxPool', 'SandboxScript', 'SandboxSnapshot']
