"""Modules whose source is compiled by our own compiler and runs inside the sandbox, like a script.

Two kinds of source: *ours* (`scripts/<name>.py`), where a function may have to stop in the middle or where CPython's
module makes code at run time; and *installed*, CPython's own `Lib/<name>.py`, for modules that are pure Python. The source
is trusted to mean no harm, and given no more access than a script has.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from functools import cached_property

from monty_flow.interpreter.records import field, record

_OURS = os.path.join(os.path.dirname(__file__), 'scripts')


@record(frozen=True, caches=True)
class Scripted:
    """The source of one module, or of a part of one."""

    #: The name of the source, by which functions of it are known in snapshots for ever.
    name: str
    #: Whether it is CPython's own file.
    installed: bool = False
    #: Names that it binds and that scripts do not see.
    hidden: str = ''
    #: Names of methods that it calls and that a script may define, so that they may stop.
    stopping: str = ''
    #: Top-level names and `Class.member`s that are left out of the source, with their imports.
    without: str = ''
    #: Modules that it imports -> what it gets in their place.
    instead: Mapping[str, str] = field(default_factory=dict)
    #: Names with an underscore that programs import all the same.
    private: str = ''
    #: What scripts see of it, where that is not to be read off the source.
    exported: str = ''
    #: Top-level names whose values change and are stored in snapshots; all others are made again by running the body.
    state: str = ''
    #: Source that is put before it.
    before: str = ''

    @cached_property
    def source(self) -> str:
        """Return the text, as it is on this machine."""
        with open(self.path, encoding='utf-8') as opened:
            return opened.read()

    @property
    def shown(self) -> str:
        """Return the module that classes say they are of."""
        return self.name.lstrip('_')

    @property
    def is_package(self) -> bool:
        return os.path.basename(self.path) == '__init__.py'

    @property
    def path(self) -> str:
        if not self.installed:
            return os.path.join(_OURS, f'{self.name}.py')
        import sysconfig  # most runs import no module of CPython's

        below = os.path.join(sysconfig.get_path('stdlib'), *self.name.split('.'))
        return os.path.join(below, '__init__.py') if os.path.isdir(below) else f'{below}.py'

    @cached_property
    def unlisted(self) -> frozenset[str]:
        """Return the names that CPython's own source defines and does not list; tests and tools read them."""
        if not self.installed:
            return frozenset()
        defined = (name for name in _defined(ast.parse(self.source).body) if name[:2] != '__')
        return frozenset(defined) - frozenset(self.without.split())

    @cached_property
    def exports(self) -> frozenset[str]:
        """Return the names that scripts can read: those of `__all__`, else what the top level binds without underscore."""
        if self.exported:
            return frozenset(self.exported.split())
        tree = ast.parse(self.source)
        bound = set(_bound(tree.body))
        public = {name for name in bound if not name.startswith('_')}
        listed = set(_listed(tree))
        before = set(_bound(ast.parse(self.before).body))
        left_out = set(self.hidden.split()) | (set(self.without.split()) - before)
        return frozenset((listed & (bound | before) or public) - left_out | set(self.private.split()))


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """Give the names that statements bind, but for those that they import."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                yield from (name.id for name in ast.walk(target) if isinstance(name, ast.Name))
        elif isinstance(node, ast.ImportFrom) and node.module != '__future__':
            yield from (alias.asname or alias.name for alias in node.names if alias.asname != '')
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.For):
            for part in ast.iter_child_nodes(node):
                inner = part.body if isinstance(part, ast.ExceptHandler) else [part]
                yield from _bound([item for item in inner if isinstance(item, ast.stmt)])


def _defined(body: list[ast.stmt]) -> Iterator[str]:
    """Give the names of the functions and classes of a module, and of its constants."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _listed(tree: ast.Module) -> Iterator[str]:
    """Give the names of `__all__`, where they are literal."""
    for node in tree.body:
        value = None
        if (
            isinstance(node, ast.Assign) and any(getattr(target, 'id', '') == '__all__' for target in node.targets)
        ) or (isinstance(node, ast.AugAssign) and getattr(node.target, 'id', '') == '__all__'):
            value = node.value
        if isinstance(value, ast.List | ast.Tuple):
            yield from (item.value for item in value.elts if isinstance(item, ast.Constant) and type(item.value) is str)
