"""`hashlib`: hashes as objects of ours, with the names of the guaranteed algorithms only.

CPython cannot give the state of a half-fed hash. So an object keeps what it was fed, up to `MAX_KEPT` bytes; a
snapshot stores that and feeds it again.
"""

from __future__ import annotations

import hashlib
import hmac
import operator
from typing import Any, ClassVar, Final

from monty_flow.interpreter.errors import LimitReached, SnapshotError, TimeLimitError
from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.buffers import is_bytes_like
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.run import Run

#: Bytes that a hash may have been fed when a snapshot is taken of it.
MAX_KEPT: Final = 1 << 20
#: Rounds of `pbkdf2_hmac`, which cannot be stopped: about a second.
MAX_ROUNDS: Final = 2_000_000
_FIXED: Final = (
    'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3_224', 'sha3_256', 'sha3_384', 'sha3_512', 'blake2b',
    'blake2s',
)  # fmt: skip
_BLAKES: Final = ('blake2b', 'blake2s')
#: What a `blake2b` or `blake2s` may be told, and of what type it is.
_BLAKE_PARAMETERS: Final[dict[str, type]] = {
    'digest_size': int, 'key': bytes, 'salt': bytes, 'person': bytes, 'fanout': int, 'depth': int, 'leaf_size': int,
    'node_offset': int, 'node_depth': int, 'inner_size': int, 'last_node': bool,
}  # fmt: skip
_SHAKES: Final = ('shake_128', 'shake_256')
_NAMES: Final = (*_FIXED, *_SHAKES)


class Hash:
    """A hash, or an HMAC where there is a key."""

    __slots__ = ('_fed', '_hash', '_key', '_name', '_options', '_run')
    script_type_name: ClassVar[str] = 'HASH'

    def __init__(self, run: Run, name: str, key: bytes | None, options: dict[str, int | bytes] | None = None) -> None:
        self._run, self._name, self._key = run, name, key
        #: The parameters of a `blake2b` or `blake2s`, None where it has those that it has without saying.
        self._options = options
        if options is not None:
            self._hash: Any = getattr(hashlib, name)(**options)
        else:
            self._hash = hashlib.new(name, usedforsecurity=False) if key is None else hmac.new(key, None, name)
        #: What was fed so far; None where it was more than a snapshot keeps.
        self._fed: bytearray | None = bytearray()

    def update(self, data: Any, /) -> None:
        fed = bytes_of(data)
        if len(fed) > FREE:
            self._run.charge(len(fed) >> 7)
        self._hash.update(fed)
        if self._fed is not None:
            if len(self._fed) + len(fed) > MAX_KEPT:
                self._fed = None
            else:
                self._fed += fed

    def digest(self, *length: Any) -> bytes:
        self._pay(length)
        result: bytes = self._hash.digest(*length)
        return result

    def hexdigest(self, *length: Any) -> str:
        self._pay(length)
        result: str = self._hash.hexdigest(*length)
        return result

    def copy(self) -> Hash:
        made = Hash(self._run, self._name, self._key, self._options)
        made._hash = self._hash.copy()
        made._fed = None if self._fed is None else bytearray(self._fed)
        return made

    @property
    def name(self) -> str:
        return self._name if self._key is None else f'hmac-{self._name}'

    @property
    def digest_size(self) -> int:
        size: int = self._hash.digest_size
        return size

    @property
    def block_size(self) -> int:
        size: int = self._hash.block_size
        return size

    def _pay(self, length: tuple[Any, ...]) -> None:
        if length and type(length[0]) is int and length[0] > 0:
            self._run.reserve(2 * length[0])
            self._run.charge(length[0] >> 6)

    def __repr__(self) -> str:
        return f'<{self.name} {"HASH" if self._key is None else "HMAC"} object>'


def bytes_of(data: Any) -> bytes:
    """Return the bytes of a bytes-like value of a script; Python's own error for any other."""
    if type(data) is str:
        raise TypeError('Strings must be encoded before hashing')
    if not is_bytes_like(data):
        raise TypeError('object supporting the buffer API required')
    return data if type(data) is bytes else bytes(memoryview(data))


def hash_state(value: Hash) -> tuple[Any, ...]:
    """Return what `restore_hash` takes."""
    if value._fed is None:
        raise SnapshotError(
            f'a {value.name} hash that was fed more than {MAX_KEPT} bytes cannot be put in a snapshot; '
            'take its digest before the external call'
        )
    options = () if value._options is None else (tuple(value._options), *value._options.values())
    return value._name, value._key, bytes(value._fed), *options


def restore_hash(run: Run, name: Any, key: Any, fed: Any, parameters: Any = None, *values: Any) -> Hash:
    """Make a hash again; refuse what is none."""
    if name not in _NAMES or type(key) not in (bytes, type(None)) or type(fed) is not bytes:
        raise TypeError('a hash is malformed')
    options = None
    if parameters is not None:
        is_known = name in _BLAKES and key is None and type(parameters) is tuple
        if not is_known or not _BLAKE_PARAMETERS.keys() >= set(parameters) or len(parameters) != len(values):
            raise TypeError('the parameters of a hash are malformed')
        options = _blake_options(dict(zip(parameters, values, strict=True)))
    made = Hash(run, name, key, options)
    made.update(fed)
    return made


def _blake_options(parameters: dict[str, Any]) -> dict[str, int | bytes]:
    """Return parameters as plain values; raise as CPython does for one of the wrong type."""
    return {
        name: bytes_of(value) if _BLAKE_PARAMETERS[name] is bytes else operator.index(value)
        for name, value in parameters.items()
    }


class HashlibFunctions(LibraryFunctions):
    """The functions of `hashlib`."""

    __slots__ = ()
    module = 'hashlib'

    def new(self, name: Any, data: Any = b'', *, usedforsecurity: Any = True) -> Hash:
        known = name.lower().replace('-', '_') if type(name) is str else name
        if type(known) is str and known not in _NAMES and known.replace('_', '') in _NAMES:
            known = known.replace('_', '')
        if known not in _NAMES:
            raise ValueError(f'unsupported hash type {name}')
        made = Hash(self._run, known, None)
        made.update(data)
        return made

    def md5(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('md5', string)

    def sha1(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha1', string)

    def sha224(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha224', string)

    def sha256(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha256', string)

    def sha384(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha384', string)

    def sha512(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha512', string)

    def sha3_224(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha3_224', string)

    def sha3_256(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha3_256', string)

    def sha3_384(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha3_384', string)

    def sha3_512(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('sha3_512', string)

    def shake_128(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('shake_128', string)

    def shake_256(self, string: Any = b'', /, *, usedforsecurity: Any = True) -> Hash:
        return self.new('shake_256', string)

    def blake2b(self, data: Any = b'', /, *, usedforsecurity: Any = True, **parameters: Any) -> Hash:
        return self._blake('blake2b', data, parameters)

    def blake2s(self, data: Any = b'', /, *, usedforsecurity: Any = True, **parameters: Any) -> Hash:
        return self._blake('blake2s', data, parameters)

    def _blake(self, name: str, data: Any, parameters: dict[str, Any]) -> Hash:
        unknown = next((key for key in parameters if key not in _BLAKE_PARAMETERS), None)
        if unknown is not None:
            raise TypeError(f"{name}() got an unexpected keyword argument '{unknown}'")
        made = Hash(self._run, name, None, _blake_options(parameters) if parameters else None)
        made.update(data)
        return made

    def pbkdf2_hmac(self, hash_name: Any, password: Any, salt: Any, iterations: Any, dklen: Any = None) -> bytes:
        if hash_name not in _FIXED:
            raise ValueError(f'unsupported hash type {hash_name}')
        if type(iterations) is int and type(dklen) in (int, type(None)):
            blocks = 1 + (dklen or 1) // 16
            if iterations * blocks > MAX_ROUNDS:
                raise LimitReached(TimeLimitError('max_duration_secs', self._run.limits.max_duration_secs or 0))
            self._run.charge(max(0, iterations * blocks) * 5)
        return hashlib.pbkdf2_hmac(hash_name, bytes_of(password), bytes_of(salt), iterations, dklen)


MODULE = Definition(
    'hashlib',
    static={'algorithms_guaranteed': frozenset(_NAMES), 'algorithms_available': frozenset(_NAMES)},
    functions=HashlibFunctions,
    left_out={
        'scripts have no files of the host': 'file_digest',
        'it takes more memory and time than a script has': 'scrypt',
        'it is not meant for users of the module': 'logging',
    },
)


class HmacFunctions(LibraryFunctions):
    """The functions of `hmac`."""

    __slots__ = ()
    module = 'hmac'

    def new(self, key: Any, msg: Any = None, digestmod: Any = '') -> Hash:
        if not digestmod:
            raise TypeError("Missing required argument 'digestmod'.")
        made = Hash(self._run, self._algorithm(digestmod), bytes_of(key))
        if msg is not None:
            made.update(msg)
        return made

    def digest(self, key: Any, msg: Any, digest: Any) -> bytes:
        return self.new(key, msg, digest).digest()

    def compare_digest(self, a: Any, b: Any, /) -> bool:
        if type(a) is not str or type(b) is not str:
            a, b = bytes_of(a), bytes_of(b)
        return hmac.compare_digest(a, b)

    def _algorithm(self, given: Any) -> str:
        # A function of `hashlib` is given as a bound method of its functions.
        name = given if type(given) is str else getattr(given, '__name__', None)
        known = name.lower().replace('-', '_') if type(name) is str else ''
        if known not in _FIXED:
            raise ValueError(f'unsupported hash type {name}')
        return known


HMAC_MODULE = Definition(
    'hmac',
    functions=HmacFunctions,
    left_out={
        'new() makes it': 'HMAC',
        'it is not meant for users of the module': 'digest_size trans_36 trans_5C',
    },
)
