"""`inspect`: signatures of functions, and what a value is."""

import sys
from _inspection import kind as _kind
from _inspection import parameters as _parameters
from collections import OrderedDict, namedtuple
from types import MappingProxyType

__all__ = [
    'BoundArguments', 'FullArgSpec', 'Parameter', 'Signature', 'cleandoc', 'getdoc', 'getfullargspec', 'getmembers', 'getmro',
    'isabstract', 'isasyncgen', 'isawaitable', 'isbuiltin', 'isclass', 'iscoroutine', 'iscoroutinefunction', 'isfunction',
    'isgenerator', 'isgeneratorfunction', 'ismethod', 'ismethoddescriptor', 'ismodule', 'isroutine', 'signature', 'unwrap',
]


def isfunction(object):
    return _kind(object) in ('function', 'generator function', 'coroutine function')


def ismethod(object):
    return _kind(object) == 'method'


def isbuiltin(object):
    return _kind(object) == 'builtin'


def isroutine(object):
    return isfunction(object) or ismethod(object) or isbuiltin(object) or ismethoddescriptor(object)


def ismethoddescriptor(object):
    return _kind(object) == 'method descriptor'


def ismodule(object):
    return _kind(object) == 'module'


def isclass(object):
    return isinstance(object, type)


def _of_function(object, kind):
    while hasattr(object, '__func__'):
        object = object.__func__
    return _kind(object) == kind


def isgeneratorfunction(obj):
    return _of_function(obj, 'generator function')


def iscoroutinefunction(obj):
    return _of_function(obj, 'coroutine function')


def isgenerator(object):
    return _kind(object) == 'generator'


def iscoroutine(object):
    return _kind(object) == 'coroutine'


def isasyncgen(object):
    return _kind(object) == 'async generator'


def isawaitable(object):
    return _kind(object) in ('coroutine', 'awaitable') or hasattr(type(object), '__await__')


def isabstract(object):
    return isinstance(object, type) and bool(getattr(object, '__abstractmethods__', None))


def getmro(cls):
    return cls.__mro__


def getmembers(object, predicate=None):
    found = []
    for name in sorted(dir(object)):
        try:
            value = getattr(object, name)
        except AttributeError:
            continue
        if predicate is None or predicate(value):
            found.append((name, value))
    return found


def cleandoc(doc):
    lines = doc.expandtabs().split('\n')
    margin = sys.maxsize
    for line in lines[1:]:
        if line.lstrip(' '):
            margin = min(margin, len(line) - len(line.lstrip(' ')))
    lines[0] = lines[0].lstrip(' ')
    if margin < sys.maxsize:
        lines[1:] = [line[margin:] for line in lines[1:]]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return '\n'.join(lines)


def getdoc(object):
    doc = getattr(object, '__doc__', None)
    if doc is None and isinstance(object, type):
        for base in object.__mro__[1:-1]:
            if base.__doc__ is not None:
                doc = base.__doc__
                break
    return cleandoc(doc) if isinstance(doc, str) else None


def unwrap(func, *, stop=None):
    seen = [func]
    while hasattr(func, '__wrapped__') and not (stop is not None and stop(func)):
        func = func.__wrapped__
        if any(func is other for other in seen):
            raise ValueError(f'wrapper loop when unwrapping {seen[0]!r}')
        seen.append(func)
    return func


class _empty:
    """Stands for what is not there."""


class _Kind(int):
    """How arguments are bound to a parameter."""

    def __str__(self):
        return self.name

    @property
    def name(self):
        return ('POSITIONAL_ONLY', 'POSITIONAL_OR_KEYWORD', 'VAR_POSITIONAL', 'KEYWORD_ONLY', 'VAR_KEYWORD')[self]

    @property
    def description(self):
        return (
            'positional-only', 'positional or keyword', 'variadic positional', 'keyword-only', 'variadic keyword',
        )[self]

    def __repr__(self):
        return f'<_ParameterKind.{self.name}: {int(self)}>'


_KINDS = [_Kind(number) for number in range(5)]
_ONLY, _EITHER, _MANY, _KEYWORD, _NAMED = _KINDS


def _shown(annotation):
    if isinstance(annotation, type) and not hasattr(annotation, '__origin__'):
        if annotation.__module__ in ('builtins', '__main__'):
            return annotation.__qualname__
        return f'{annotation.__module__}.{annotation.__qualname__}'
    return repr(annotation).replace('typing.', '')


class Parameter:
    """One parameter of a signature."""

    empty = _empty
    POSITIONAL_ONLY = _ONLY
    POSITIONAL_OR_KEYWORD = _EITHER
    VAR_POSITIONAL = _MANY
    KEYWORD_ONLY = _KEYWORD
    VAR_KEYWORD = _NAMED

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        if not isinstance(name, str):
            raise TypeError(f'name must be a str, not a {type(name).__name__}')
        if not name.isidentifier():
            raise ValueError(f'{name!r} is not a valid parameter name')
        kind = _KINDS[kind]
        if default is not _empty and kind in (_MANY, _NAMED):
            raise ValueError(f'{kind.description} parameters cannot have default values')
        self._name, self._kind, self._default, self._annotation = name, kind, default, annotation

    @property
    def name(self):
        return self._name

    @property
    def kind(self):
        return self._kind

    @property
    def default(self):
        return self._default

    @property
    def annotation(self):
        return self._annotation

    def replace(self, **changes):
        parts = {'name': self._name, 'kind': self._kind, 'default': self._default, 'annotation': self._annotation}
        parts |= changes
        name, kind = parts.pop('name'), parts.pop('kind')
        return type(self)(name, kind, **parts)

    def __str__(self):
        text = self._name
        if self._annotation is not _empty:
            text = f'{text}: {_shown(self._annotation)}'
        if self._default is not _empty:
            text = f'{text} = {self._default!r}' if self._annotation is not _empty else f'{text}={self._default!r}'
        return {_MANY: '*', _NAMED: '**'}.get(self._kind, '') + text

    def __repr__(self):
        return f'<Parameter "{self}">'

    def __eq__(self, other):
        if not isinstance(other, Parameter):
            return NotImplemented
        return (self._name, self._kind, self._default, self._annotation) == (
            other._name, other._kind, other._default, other._annotation,
        )

    def __hash__(self):
        return hash((self._name, self._kind))


class BoundArguments:
    """Arguments by the parameters to which they go."""

    def __init__(self, signature, arguments):
        self.arguments = arguments
        self._signature = signature

    @property
    def signature(self):
        return self._signature

    @property
    def args(self):
        found = []
        for name, parameter in self._signature.parameters.items():
            if parameter.kind in (_KEYWORD, _NAMED) or name not in self.arguments:
                break
            if parameter.kind is _MANY:
                found.extend(self.arguments[name])
            else:
                found.append(self.arguments[name])
        return tuple(found)

    @property
    def kwargs(self):
        found = {}
        by_name = False
        for name, parameter in self._signature.parameters.items():
            if not by_name:
                if parameter.kind in (_KEYWORD, _NAMED):
                    by_name = True
                elif name not in self.arguments:
                    by_name = True
                    continue
            if by_name and name in self.arguments:
                if parameter.kind is _NAMED:
                    found.update(self.arguments[name])
                else:
                    found[name] = self.arguments[name]
        return found

    def apply_defaults(self):
        found = {}
        for name, parameter in self._signature.parameters.items():
            if name in self.arguments:
                found[name] = self.arguments[name]
            elif parameter.default is not _empty:
                found[name] = parameter.default
            elif parameter.kind is _MANY:
                found[name] = ()
            elif parameter.kind is _NAMED:
                found[name] = {}
        self.arguments = found

    def __eq__(self, other):
        if not isinstance(other, BoundArguments):
            return NotImplemented
        return self.signature == other.signature and self.arguments == other.arguments

    def __repr__(self):
        return f'<BoundArguments ({", ".join(f"{name}={value!r}" for name, value in self.arguments.items())})>'


class Signature:
    """What a callable takes and gives."""

    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty):
        found = OrderedDict()
        last = _ONLY
        for parameter in parameters or ():
            if parameter.kind < last:
                raise ValueError(
                    f'wrong parameter order: {last.description} parameter before {parameter.kind.description} parameter'
                )
            if parameter.name in found:
                raise ValueError(f'duplicate parameter name: {parameter.name!r}')
            last = parameter.kind
            found[parameter.name] = parameter
        self._parameters = MappingProxyType(found)
        self._return_annotation = return_annotation

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, **options):
        return signature(obj, follow_wrapped=follow_wrapped)

    @property
    def parameters(self):
        return self._parameters

    @property
    def return_annotation(self):
        return self._return_annotation

    def replace(self, *, parameters=_empty, return_annotation=_empty):
        return type(self)(
            self._parameters.values() if parameters is _empty else parameters,
            return_annotation=self._return_annotation if return_annotation is _empty else return_annotation,
        )

    def bind(self, /, *args, **kwargs):
        return self._bind(args, kwargs, False)

    def bind_partial(self, /, *args, **kwargs):
        return self._bind(args, kwargs, True)

    def _bind(self, args, kwargs, partial):
        arguments = {}
        left = list(args)
        for name, parameter in self._parameters.items():
            kind = parameter.kind
            if kind is _MANY:
                if left:
                    arguments[name] = tuple(left)
                    left = []
            elif kind is _NAMED:
                break
            elif left and kind is not _KEYWORD:
                if name in kwargs and kind is not _ONLY:
                    raise TypeError(f'multiple values for argument {name!r}')
                arguments[name] = left.pop(0)
            elif name in kwargs and kind is not _ONLY:
                arguments[name] = kwargs.pop(name)
            elif parameter.default is _empty and not partial:
                sort = ' keyword-only' if kind is _KEYWORD else ''
                raise TypeError(f'missing a required{sort} argument: {name!r}')
        if left:
            raise TypeError('too many positional arguments')
        if kwargs:
            named = [name for name, parameter in self._parameters.items() if parameter.kind is _NAMED]
            if not named:
                raise TypeError(f'got an unexpected keyword argument {next(iter(kwargs))!r}')
            arguments[named[0]] = kwargs
        return BoundArguments(self, arguments)

    def __str__(self):
        parts = []
        only = starred = False
        for parameter in self._parameters.values():
            if parameter.kind is _ONLY:
                only = True
            elif only:
                parts.append('/')
                only = False
            if parameter.kind is _MANY:
                starred = True
            elif parameter.kind is _KEYWORD and not starred:
                parts.append('*')
                starred = True
            parts.append(str(parameter))
        if only:
            parts.append('/')
        text = f'({", ".join(parts)})'
        return text if self._return_annotation is _empty else f'{text} -> {_shown(self._return_annotation)}'

    def __repr__(self):
        return f'<Signature {self}>'

    def __eq__(self, other):
        if not isinstance(other, Signature):
            return NotImplemented
        return (
            list(self._parameters.values()) == list(other._parameters.values())
            and self._return_annotation == other._return_annotation
        )

    def __hash__(self):
        return hash(tuple(self._parameters))


def _without_first(found):
    parameters = list(found.parameters.values())
    if not parameters or parameters[0].kind in (_KEYWORD, _NAMED):
        raise ValueError('invalid method signature')
    return found.replace(parameters=parameters if parameters[0].kind is _MANY else parameters[1:])


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False, **options):
    if not callable(obj):
        raise TypeError(f'{obj!r} is not a callable object')
    if ismethod(obj):
        return _without_first(signature(obj.__func__, follow_wrapped=follow_wrapped))
    if follow_wrapped and not isinstance(obj, type):
        obj = unwrap(obj, stop=lambda f: hasattr(f, '__signature__'))
    given = getattr(obj, '__signature__', None)
    if isinstance(given, Signature):
        return given
    names = _parameters(obj)
    if names is not None:
        return _of_names(obj, names)
    from functools import partial

    if isinstance(obj, partial):
        return _of_partial(obj)
    if isinstance(obj, type):
        for name in ('__new__', '__init__'):
            method = getattr(obj, name, None)
            if _parameters(method) is not None:
                found = _without_first(signature(method))
                return _of_fields(found, getattr(obj, '__dataclass_fields__', {})) if not method.__annotations__ else found
        raise ValueError(f'no signature found for builtin type {obj!r}')
    method = getattr(type(obj), '__call__', None)
    if _parameters(method) is not None:
        return _without_first(signature(method))
    raise ValueError(f'no signature found for builtin {obj!r}')


def _of_names(function, names):
    annotations = function.__annotations__
    defaults = list(function.__defaults__ or ())
    by_name = function.__kwdefaults__ or {}
    positional = [name for name, kind in names if kind in (0, 1)]
    first = len(positional) - len(defaults)
    by_name = {**dict(zip(positional[first:], defaults)), **by_name}
    return Signature(
        [
            Parameter(name, kind, default=by_name.get(name, _empty), annotation=annotations.get(name, _empty))
            for name, kind in names
        ],
        return_annotation=annotations.get('return', _empty),
    )


def _of_fields(found, fields):
    """Return a signature with the annotations of the fields, where a dataclass has made the method of them."""
    if not fields or any(name not in fields for name in found.parameters):
        return found
    parameters = [parameter.replace(annotation=fields[name].type) for name, parameter in found.parameters.items()]
    return found.replace(parameters=parameters, return_annotation=None)


def _of_partial(obj):
    whole = signature(obj.func)
    bound = whole.bind_partial(*obj.args, **obj.keywords)
    parameters = []
    by_keyword = False
    for name, parameter in whole.parameters.items():
        if name in obj.keywords:
            by_keyword = True
            parameters.append(parameter.replace(kind=_KEYWORD, default=obj.keywords[name]))
        elif name in bound.arguments and parameter.kind is not _MANY and parameter.kind is not _NAMED:
            continue
        elif by_keyword and parameter.kind is _EITHER:
            parameters.append(parameter.replace(kind=_KEYWORD))
        elif not (by_keyword and parameter.kind is _MANY):
            parameters.append(parameter)
    return whole.replace(parameters=parameters)


FullArgSpec = namedtuple('FullArgSpec', 'args varargs varkw defaults kwonlyargs kwonlydefaults annotations')


def getfullargspec(func):
    function = func.__func__ if ismethod(func) else func
    names = _parameters(function)
    if names is None:
        raise TypeError('unsupported callable')
    many = [name for name, kind in names if kind == 2]
    named = [name for name, kind in names if kind == 4]
    return FullArgSpec(
        [name for name, kind in names if kind in (0, 1)], many[0] if many else None, named[0] if named else None,
        function.__defaults__, [name for name, kind in names if kind == 3], function.__kwdefaults__, function.__annotations__,
    )
