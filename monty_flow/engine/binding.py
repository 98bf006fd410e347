"""How the arguments of a call become those of the function, and its result becomes that of the call.

    arguments of the script -> bound to the parameters -> validated -> with secrets -> the function

A call that does not fit the parameters, or that does not validate, is an error in the script at once: nothing is executed, and nothing
is tried again. Validation by type hints is pydantic's, and is asked for (`validate=True`): that a package is installed must not
change what a function gets.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from inspect import BoundArguments, Parameter, Signature
from typing import Any

from monty_flow.engine.errors import FunctionRefused
from monty_flow.engine.secrecy import Secret, Secrets

_VARIADIC = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


class Binder:
    """Bind calls to the parameters of one function."""

    __slots__ = ('_checks', '_label', '_public', '_result', '_secrets', '_signature', 'check')

    def __init__(self, label: str, signature: Signature, hints: Mapping[str, Any], *, validate: bool) -> None:
        self._label = label
        self._signature = signature
        self._secrets = _secret_parameters(label, signature, hints)
        self._public = signature.replace(
            parameters=[each for name, each in signature.parameters.items() if name not in self._secrets]
        )
        #: Takes the arguments of a script and does nothing, or raises the TypeError that Python raises when they do not fit. A
        #: call of this costs a twentieth of `bind`.
        self.check = _stub(label, self._public)
        adapter = _adapters(label) if validate else None
        #: What checks and converts a parameter, or the result; None for what is taken as it is.
        self._checks: dict[str, Any] = {}
        self._result: Any = None
        if adapter is not None:
            public = self._public.parameters
            self._checks = {name: adapter(hint) for name, hint in hints.items() if name in public}
            self._result = adapter(hints['return']) if 'return' in hints else None

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that the function takes."""
        return frozenset(self._secrets.values())

    @property
    def only_checks(self) -> bool:
        """Tell whether the function takes the arguments as the script passes them."""
        return not self._checks and not self._secrets

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> BoundArguments:
        """Return the arguments of a script by parameter; raise TypeError when they do not fit."""
        self.check(*args, **kwargs)
        return self._public.bind(*args, **kwargs)

    def arguments(self, bound: BoundArguments, secrets: Secrets) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments for the function; raise TypeError or ValueError when they do not validate."""
        values = {name: self._checked(name, value) for name, value in bound.arguments.items()}
        values |= {parameter: secrets.get(name) for parameter, name in self._secrets.items()}
        # In the order of the parameters, by which the values go to their places.
        ordered = {name: values[name] for name in self._signature.parameters if name in values}
        full = BoundArguments(self._signature, ordered)
        return full.args, full.kwargs

    def result(self, value: Any) -> Any:
        """Return a result as plain values; raise TypeError or ValueError when it is not what the hint says."""
        if self._result is None:
            return value
        checked = _validated(self._result, value, f'the result of {self._label}()')
        return _plain(self._result.dump_python(checked))

    def _checked(self, name: str, value: Any) -> Any:
        check = self._checks.get(name)
        if check is None:
            return value
        kind = self._public.parameters[name].kind
        if kind is Parameter.VAR_POSITIONAL:
            return tuple(_validated(check, each, f'{self._label}(): argument *{name}') for each in value)
        if kind is Parameter.VAR_KEYWORD:
            return {key: _validated(check, each, f'{self._label}(): argument {key!r}') for key, each in value.items()}
        return _validated(check, value, f'{self._label}(): argument {name!r}')


def binder_of(label: str, target: Callable[..., Any], *, validate: bool) -> Binder | None:
    """Return the binder of a function, None for one of which Python does not know the parameters."""
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):
        if validate:
            raise FunctionRefused(
                f'the function {label!r} cannot be registered with validate=True: its parameters are not known'
            ) from None
        return None
    return Binder(label, signature, _hints(label, target, validate=validate), validate=validate)


def _stub(label: str, signature: Signature) -> Callable[..., None]:
    bare = [
        each.replace(annotation=Parameter.empty, default=each.default if each.default is Parameter.empty else None)
        for each in signature.parameters.values()
    ]
    parameters = str(signature.replace(parameters=bare, return_annotation=Signature.empty))[1:-1]
    stub: Callable[..., None] = eval(f'lambda {parameters}: None')
    # Python's messages begin with this.
    stub.__qualname__ = label
    return stub


def _hints(label: str, target: Any, *, validate: bool) -> dict[str, Any]:
    described = target if inspect.isroutine(target) or inspect.isclass(target) else type(target).__call__
    described = described.__init__ if inspect.isclass(described) else inspect.unwrap(described)
    annotations = getattr(described, '__annotations__', {})
    if not annotations:
        return {}
    try:
        hints = typing.get_type_hints(described, include_extras=True)
    except Exception as error:  # the hints are the user's code
        # A secret that was not recognised would be for the script to pass.
        if validate or any('Secret' in str(hint) for hint in annotations.values()):
            raise FunctionRefused(
                f'the function {label!r} cannot be registered: its type hints cannot be evaluated: {error}'
            ) from None
        return {}
    return {name: hint for name, hint in hints.items() if not (inspect.isclass(target) and name == 'return')}


def _secret_parameters(label: str, signature: Signature, hints: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, parameter in signature.parameters.items():
        secret = next((each for each in getattr(hints.get(name), '__metadata__', ()) if isinstance(each, Secret)), None)
        if secret is None:
            continue
        if parameter.kind in _VARIADIC:
            raise FunctionRefused(
                f'the function {label!r} cannot be registered: {name!r} takes any number of arguments, and a secret is one'
            )
        found[name] = secret.name
    return found


def _adapters(label: str) -> Callable[[Any], Any]:
    """Return what makes validators of type hints."""
    try:
        from pydantic import TypeAdapter
    except ImportError:
        raise FunctionRefused(
            f'the function {label!r} cannot be registered with validate=True: pydantic is missing; '
            'install it with "pip install \'monty-flow[validate]\'"'
        ) from None

    def adapter(hint: Any) -> Any:
        try:
            return TypeAdapter(hint)
        except Exception as error:  # a class of hints that pydantic has no schema for
            reason = str(error).partition('\n')[0]
            raise FunctionRefused(f'the function {label!r} cannot be registered with validate=True: {reason}') from None

    return adapter


def _validated(check: Any, value: Any, what: str) -> Any:
    from pydantic import ValidationError

    try:
        return check.validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        text = f'{what}: ' + '; '.join(_described(detail) for detail in details)
        kinds = [detail['type'] for detail in details]
        raise (TypeError if all(kind.endswith('_type') for kind in kinds) else ValueError)(text) from None


def _described(detail: Any) -> str:
    place = '.'.join(map(str, detail['loc']))
    return f'{place}: {detail["msg"]}' if place else str(detail['msg'])


def _plain(value: Any) -> Any:
    """Return what pydantic dumped with members of enumerations as their values."""
    if isinstance(value, Enum):
        return value.value
    kind = type(value)
    if kind is dict:
        return {_plain(key): _plain(each) for key, each in value.items()}
    if kind in (list, tuple, set, frozenset):
        return kind(_plain(each) for each in value)
    return value
