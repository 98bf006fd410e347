"""What a script can import: one file a module, each an explicit list of exports.

A module here is a facade of our own (`module.Module`), never a module of the host, so no neighbour of the
real module is within reach. `registry` holds the table of all of them, and loads one when a script imports it; `library` holds what those share that call
back or consume iterables. May import `runtime`, `builtins`, `errors` and `limits`, and nothing else of the package.
"""

from monty_flow.interpreter.modules.registry import (
    DEFINITIONS,
    NAMES,
    REFUSED,
    SCRIPTED,
    Description,
    called_methods,
    describe,
    exports,
    has_script,
    is_known,
    is_scripted,
    load,
    native_exports,
    reason_against,
    reference_of,
    source_of,
)

__all__ = [
    'DEFINITIONS',
    'NAMES',
    'REFUSED',
    'reason_against',
    'SCRIPTED',
    'Description',
    'called_methods',
    'describe',
    'exports',
    'has_script',
    'is_known',
    'native_exports',
    'is_scripted',
    'load',
    'reference_of',
    'source_of',
]
