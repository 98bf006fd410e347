"""The flags of `re`: an enumeration whose members are also exports of the module, and are shown as such."""

from enum import KEEP, IntFlag

__all__ = [
    'A', 'ASCII', 'DOTALL', 'I', 'IGNORECASE', 'L', 'LOCALE', 'M', 'MULTILINE', 'NOFLAG', 'RegexFlag', 'S', 'U', 'UNICODE',
    'VERBOSE', 'X',
]  # fmt: skip


class RegexFlag(IntFlag, boundary=KEEP):
    NOFLAG = 0
    ASCII = A = 256
    IGNORECASE = I = 2
    LOCALE = L = 4
    UNICODE = U = 32
    MULTILINE = M = 8
    DOTALL = S = 16
    VERBOSE = X = 64

    def __repr__(self):
        if self._name_ is None:
            return f're.RegexFlag({self._value_!r})'
        return '|'.join(hex(int(name)) if name[0].isdigit() else f're.{name}' for name in self._name_.split('|'))

    __str__ = __repr__


NOFLAG = RegexFlag.NOFLAG
ASCII = A = RegexFlag.ASCII
IGNORECASE = I = RegexFlag.IGNORECASE
LOCALE = L = RegexFlag.LOCALE
UNICODE = U = RegexFlag.UNICODE
MULTILINE = M = RegexFlag.MULTILINE
DOTALL = S = RegexFlag.DOTALL
VERBOSE = X = RegexFlag.VERBOSE
