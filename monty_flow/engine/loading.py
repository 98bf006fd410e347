"""Find a `Functions` object by its place: `package.module:name` or `path/to/file.py:name`."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from monty_flow.engine.errors import FunctionsNotFound
from monty_flow.engine.functions import Functions

EXAMPLE = 'package.module:functions or path/to/file.py:functions'


def load_functions(place: str) -> Functions:
    """Return the `Functions` at `place`, importing its module, or raise FunctionsNotFound.

    A dotted name is imported as Python does, with the current folder first, as for `python -m`.
    An error that the module itself raises while it is imported passes through.
    """
    module_part, colon, attribute = place.rpartition(':')
    if not colon or not module_part or not attribute.isidentifier():
        raise FunctionsNotFound(f'{place!r} does not name functions; write {EXAMPLE}')
    module = _from_file(Path(module_part)) if module_part.endswith('.py') else _from_name(module_part)
    try:
        found = getattr(module, attribute)
    except AttributeError:
        there = [name for name, value in vars(module).items() if isinstance(value, Functions)]
        hint = f'it has {", ".join(there)}' if there else 'make one there: functions = Functions()'
        raise FunctionsNotFound(f'{module_part} has no {attribute!r}; {hint}') from None
    if not isinstance(found, Functions):
        raise FunctionsNotFound(
            f'{place} is of type {type(found).__name__}; it must be a Functions object: functions = Functions()'
        )
    return found


def reload_functions(place: str) -> Functions:
    """Return the `Functions` at `place` as its module is now, though it was imported before.

    When the module cannot be imported any more, the error passes through and what was imported before stays.
    """
    name = module_name(place)
    known = sys.modules.pop(name, None)
    importlib.invalidate_caches()
    try:
        return load_functions(place)
    except BaseException:
        if known is not None:
            sys.modules[name] = known
        raise


def module_name(place: str) -> str:
    """Return the name by which the module of a place is imported."""
    module_part = place.rpartition(':')[0]
    return Path(module_part).stem if module_part.endswith('.py') else module_part


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FunctionsNotFound(f'there is no file {path}; write {EXAMPLE}')
    name = path.stem
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FunctionsNotFound(f'{path} cannot be imported as a module; write {EXAMPLE}')
    module = importlib.util.module_from_spec(spec)
    # Its neighbours can be imported, and pickling and dataclasses find the module, as for a script that is run.
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    known = sys.modules.get(name)
    if known is not None and getattr(known, '__file__', None) == str(path.resolve()):
        return known
    if known is None:
        sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        if sys.modules.get(name) is module:
            del sys.modules[name]
        raise
    return module


def _from_name(name: str) -> ModuleType:
    folder = str(Path.cwd())
    if folder not in sys.path and '' not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # A module that the module itself misses is its own affair.
        if error.name is None or not (name == error.name or name.startswith(f'{error.name}.')):
            raise
        raise FunctionsNotFound(f'there is no module {name!r}; write {EXAMPLE}') from None
