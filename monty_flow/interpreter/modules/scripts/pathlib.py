"""`pathlib`: POSIX paths, pure ones and those of the run's own files."""

import os

__all__ = ['Path', 'PosixPath', 'PurePath', 'PurePosixPath']


def _text_of(part):
    if type(part) is str:
        return part
    if isinstance(part, PurePath):
        return str(part)
    path = os.fspath(part) if hasattr(part, '__fspath__') else part
    if not isinstance(path, str):
        raise TypeError(
            'argument should be a str or an os.PathLike object where __fspath__ returns a str, '
            f'not {type(path).__name__!r}'
        )
    return str(path)


def _split(text):
    """Return (root, parts) of a path: parts that are empty or '.' say nothing."""
    root = ''
    if text.startswith('/'):
        # POSIX leaves the meaning of exactly two slashes to the system.
        root = '//' if text.startswith('//') and not text.startswith('///') else '/'
    return root, [part for part in text.split('/') if part and part != '.']


def _regex_of(pattern):
    """Return the compiled pattern of one part."""
    import fnmatch
    import re

    return re.compile(fnmatch.translate(pattern))


class _Parents:
    """The ancestors of a path, nearest first."""

    def __init__(self, path):
        self._kind = type(path)
        self._root = path._root
        self._names = path._names

    def __len__(self):
        return len(self._names)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return tuple([self[place] for place in range(*index.indices(len(self)))])
        if index >= len(self) or index < -len(self):
            raise IndexError(index)
        if index < 0:
            index += len(self)
        return self._kind._of(self._root, self._names[: len(self._names) - index - 1])

    def __iter__(self):
        for index in range(len(self)):
            yield self[index]

    def __repr__(self):
        return f'<{self._kind.__name__}.parents>'


class PurePath:
    """A path, without the files."""

    def __new__(cls, *args, **kwargs):
        if cls is PurePath:
            cls = PurePosixPath
        return object.__new__(cls)

    def __init__(self, *args):
        root, names = '', []
        for arg in args:
            other_root, other_names = _split(_text_of(arg))
            if other_root:
                root, names = other_root, other_names
            else:
                names = names + other_names
        self._root = root
        self._names = names

    @classmethod
    def _of(cls, root, names):
        made = cls()
        made._root = root
        made._names = list(names)
        return made

    def with_segments(self, *args):
        return type(self)(*args)

    def __str__(self):
        return self._root + '/'.join(self._names) or '.'

    def __fspath__(self):
        return str(self)

    def as_posix(self):
        return str(self)

    def __bytes__(self):
        return str(self).encode('utf-8', 'surrogateescape')

    def __repr__(self):
        return f'{type(self).__name__}({str(self)!r})'

    def as_uri(self):
        if not self.is_absolute():
            raise ValueError("relative path can't be expressed as a file URI")
        from urllib.parse import quote

        return 'file://' + quote(str(self))

    def __eq__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self._root == other._root and self._names == other._names

    def __hash__(self):
        return hash((self._root, tuple(self._names)))

    def __lt__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self.parts < other.parts

    def __le__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self.parts <= other.parts

    def __gt__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self.parts > other.parts

    def __ge__(self, other):
        if not isinstance(other, PurePath):
            return NotImplemented
        return self.parts >= other.parts

    @property
    def drive(self):
        return ''

    @property
    def root(self):
        return self._root

    @property
    def anchor(self):
        return self._root

    @property
    def parts(self):
        return ((self._root,) if self._root else ()) + tuple(self._names)

    @property
    def name(self):
        return self._names[-1] if self._names else ''

    @property
    def suffix(self):
        name = self.name
        place = name.rfind('.')
        return name[place:] if 0 < place < len(name) - 1 else ''

    @property
    def suffixes(self):
        name = self.name
        if name.endswith('.'):
            return []
        return ['.' + part for part in name.lstrip('.').split('.')[1:]]

    @property
    def stem(self):
        name = self.name
        place = name.rfind('.')
        return name[:place] if 0 < place < len(name) - 1 else name

    @property
    def parent(self):
        return self._of(self._root, self._names[:-1]) if self._names else self

    @property
    def parents(self):
        return _Parents(self)

    def with_name(self, name):
        if not self.name:
            raise ValueError(f'{self!r} has an empty name')
        if not name or '/' in name or name == '.':
            raise ValueError(f'Invalid name {name!r}')
        return self._of(self._root, [*self._names[:-1], name])

    def with_stem(self, stem):
        return self.with_name(stem + self.suffix)

    def with_suffix(self, suffix):
        if '/' in suffix or (suffix and not suffix.startswith('.')) or suffix == '.':
            raise ValueError(f'Invalid suffix {suffix!r}')
        name = self.name
        if not name:
            raise ValueError(f'{self!r} has an empty name')
        return self._of(self._root, [*self._names[:-1], self.stem + suffix])

    def is_absolute(self):
        return bool(self._root)

    def is_reserved(self):
        return False

    def joinpath(self, *args):
        return self.with_segments(self, *args)

    def __truediv__(self, other):
        try:
            return self.with_segments(self, other)
        except TypeError:
            return NotImplemented

    def __rtruediv__(self, other):
        try:
            return self.with_segments(other, self)
        except TypeError:
            return NotImplemented

    def is_relative_to(self, other, /, *more):
        other = self.with_segments(other, *more)
        return self._root == other._root and self._names[: len(other._names)] == other._names

    def relative_to(self, other, /, *more, walk_up=False):
        other = self.with_segments(other, *more)
        for step, base in enumerate([other, *other.parents]):
            if self.is_relative_to(base):
                return self._of('', ['..'] * step + self._names[len(base._names) :])
            if not walk_up:
                raise ValueError(f'{str(self)!r} is not in the subpath of {str(other)!r}')
            if base.name == '..':
                raise ValueError(f"'..' segment in {str(other)!r} cannot be walked")
        raise ValueError(f'{str(self)!r} and {str(other)!r} have different anchors')

    def match(self, path_pattern, *, case_sensitive=None):
        root, names = _split(_text_of(path_pattern))
        if not root and not names:
            raise ValueError('empty pattern')
        if len(names) > len(self._names) or (root and (len(names) != len(self._names) or root != self._root)):
            return False
        return all(_regex_of(want).match(name) for want, name in zip(reversed(names), reversed(self._names)))

    def full_match(self, pattern, *, case_sensitive=None):
        root, names = _split(_text_of(pattern))
        return root == self._root and _matches(names, self._names)


def _matches(patterns, names):
    if not patterns:
        return not names
    if patterns[0] == '**':
        return any(_matches(patterns[1:], names[start:]) for start in range(len(names) + 1))
    return bool(names) and _regex_of(patterns[0]).match(names[0]) is not None and _matches(patterns[1:], names[1:])


class PurePosixPath(PurePath):
    """A POSIX path, without the files."""


class Path(PurePath):
    """A path of the run's own files."""

    def __new__(cls, *args, **kwargs):
        if cls is Path:
            cls = PosixPath
        return object.__new__(cls)

    @classmethod
    def cwd(cls):
        return cls(os.getcwd())

    @classmethod
    def home(cls):
        return cls('~').expanduser()

    def absolute(self):
        return self if self._root else type(self)(os.getcwd(), self)

    def resolve(self, strict=False):
        if strict:
            self.stat()
        return type(self)(os.path.normpath(str(self.absolute())))

    def expanduser(self):
        if self._root or not self._names or self._names[0][:1] != '~':
            return self
        home = os.environ.get('HOME')
        if home is None or self._names[0] != '~':
            raise RuntimeError('Could not determine home directory.')
        return type(self)(home, *self._names[1:])

    def samefile(self, other_path):
        other = type(self)(other_path)
        self.stat()
        other.stat()
        return self.resolve() == other.resolve()

    def stat(self, *, follow_symlinks=True):
        return os.stat(str(self))

    def lstat(self):
        return os.stat(str(self))

    def exists(self, *, follow_symlinks=True):
        return os.path.exists(str(self))

    def is_dir(self, *, follow_symlinks=True):
        return os.path.isdir(str(self))

    def is_file(self, *, follow_symlinks=True):
        return os.path.isfile(str(self))

    def is_symlink(self):
        return False

    def is_mount(self):
        return str(self.resolve()) == '/'

    is_block_device = is_char_device = is_fifo = is_junction = is_socket = is_symlink

    def open(self, mode='r', buffering=-1, encoding=None, errors=None, newline=None):
        return open(str(self), mode, buffering, encoding, errors, newline)

    def read_bytes(self):
        with open(str(self), 'rb') as file:
            return file.read()

    def read_text(self, encoding=None, errors=None, newline=None):
        with open(str(self), encoding=encoding, errors=errors, newline=newline) as file:
            return file.read()

    def write_bytes(self, data):
        with open(str(self), 'wb') as file:
            return file.write(data)

    def write_text(self, data, encoding=None, errors=None, newline=None):
        if not isinstance(data, str):
            raise TypeError(f'data must be str, not {type(data).__name__}')
        with open(str(self), 'w', encoding=encoding, errors=errors, newline=newline) as file:
            return file.write(data)

    def iterdir(self):
        for name in os.listdir(str(self)):
            yield self / name

    def touch(self, mode=0o666, exist_ok=True):
        if not exist_ok and self.exists():
            raise FileExistsError(17, 'File exists', str(self))
        with open(str(self), 'ab'):
            pass
        os.utime(str(self))

    def mkdir(self, mode=0o777, parents=False, exist_ok=False):
        try:
            os.mkdir(str(self))
        except FileNotFoundError:
            if not parents or self.parent == self:
                raise
            self.parent.mkdir(parents=True, exist_ok=True)
            self.mkdir(exist_ok=exist_ok)
        except OSError:
            if not exist_ok or not self.is_dir():
                raise

    def chmod(self, mode, *, follow_symlinks=True):
        os.chmod(str(self), mode)

    def unlink(self, missing_ok=False):
        try:
            os.unlink(str(self))
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rmdir(self):
        os.rmdir(str(self))

    def rename(self, target):
        os.rename(str(self), os.fspath(target))
        return self.with_segments(target)

    def replace(self, target):
        os.replace(str(self), os.fspath(target))
        return self.with_segments(target)

    def walk(self, top_down=True, on_error=None, follow_symlinks=False):
        for root, directories, files in os.walk(str(self), topdown=top_down, onerror=on_error):
            yield type(self)(root), directories, files

    def glob(self, pattern, *, case_sensitive=None, recurse_symlinks=False):
        root, names = _split(_text_of(pattern))
        if root:
            raise NotImplementedError('Non-relative patterns are unsupported')
        if not names:
            raise ValueError(f'Unacceptable pattern: {str(pattern)!r}')
        seen = set()
        for found in self._selected(names):
            if found not in seen:
                seen.add(found)
                yield found

    def rglob(self, pattern, *, case_sensitive=None, recurse_symlinks=False):
        root, names = _split(_text_of(pattern))
        if root:
            raise NotImplementedError('Non-relative patterns are unsupported')
        return self.glob('/'.join(['**', *names]))

    def _selected(self, names):
        first, rest = names[0], names[1:]
        if first == '**':
            for root, directories, files in os.walk(str(self)):
                directories.sort()
                base = self / os.path.relpath(root, str(self))
                if rest:
                    yield from base._selected(rest)
                else:
                    yield base
            return
        if not any(mark in first for mark in '*?['):
            found = [first] if (self / first).exists() else []
        else:
            pattern = _regex_of(first)
            names = os.listdir(str(self)) if self.is_dir() else []
            found = sorted([name for name in names if pattern.match(name)])
        for name in found:
            path = self / name
            if not rest:
                yield path
            elif path.is_dir():
                yield from path._selected(rest)


class PosixPath(Path, PurePosixPath):
    """A path of the run's own files."""
