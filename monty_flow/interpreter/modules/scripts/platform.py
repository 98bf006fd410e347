"""`platform`: the sandbox, as `sys` tells of it."""

import sys as _sys

__all__ = [
    'architecture', 'machine', 'node', 'platform', 'processor', 'python_compiler', 'python_implementation', 'python_version',
    'python_version_tuple', 'release', 'system', 'system_alias', 'version',
]  # fmt: skip


def system():
    return _sys.platform


def platform(aliased=False, terse=False):
    return _sys.platform


def machine():
    return ''


def node():
    return ''


def processor():
    return ''


def release():
    return ''


def version():
    return ''


def system_alias(system, release, version):
    return system, release, version


def architecture(executable='', bits='', linkage=''):
    return bits or '64bit', linkage


def python_implementation():
    return 'Monty'


def python_compiler():
    return ''


def python_version():
    return '.'.join(python_version_tuple())


def python_version_tuple():
    return tuple(str(part) for part in _sys.version_info[:3])
