"""`glob`: names of the run's own files by pattern."""

import fnmatch
import os
import re

__all__ = ['escape', 'glob', 'has_magic', 'iglob']

_magic = re.compile('([*?[])')


def glob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    return list(iglob(pathname, root_dir=root_dir, recursive=recursive, include_hidden=include_hidden))


def iglob(pathname, *, root_dir=None, dir_fd=None, recursive=False, include_hidden=False):
    pathname = os.fspath(pathname)
    if not isinstance(pathname, str):
        raise TypeError('a pattern of glob is a str in a script')
    base = '' if root_dir is None else os.fspath(root_dir)
    start = '/' if pathname.startswith('/') else ''
    names = [name for name in pathname.split('/') if name]
    if not names:
        return iter([start] if start else [])
    found = _selected(base, start, names, recursive, include_hidden)
    if pathname.endswith('/'):
        return (name + '/' for name in found if os.path.isdir(os.path.join(base, name)))
    return found


def _selected(base, prefix, names, recursive, hidden):
    """Give the paths below `prefix` that match the names, each as it is written."""
    first, rest = names[0], names[1:]
    if first == '**' and recursive:
        if rest:
            yield from _selected(base, prefix, rest, recursive, hidden)
        elif prefix:
            yield prefix
        for name in _listed(base, prefix):
            if not hidden and name.startswith('.'):
                continue
            path = prefix + name
            if os.path.isdir(os.path.join(base, path)):
                yield from _selected(base, path + '/', names, recursive, hidden)
            elif not rest:
                yield path
        return
    if has_magic(first):
        matches = re.compile(fnmatch.translate(first)).match
        shown = hidden or first.startswith('.')
        found = [name for name in _listed(base, prefix) if matches(name) and (shown or not name.startswith('.'))]
    else:
        found = [first]
    for name in found:
        path = prefix + name
        if rest:
            if os.path.isdir(os.path.join(base, path)):
                yield from _selected(base, path + '/', rest, recursive, hidden)
        elif os.path.lexists(os.path.join(base, path)):
            yield path


def _listed(base, prefix):
    try:
        return sorted(os.listdir(os.path.join(base, prefix) or '.'))
    except OSError:
        return []


def has_magic(s):
    return _magic.search(s) is not None


def escape(pathname):
    return _magic.sub(r'[\1]', pathname)
