"""`uuid`: UUIDs from the run's random source and clock, so that no two runs share them and none tells of the host."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import admit

_INTERVALS_BEFORE_1970: Final = 0x01B21DD213814000

admit(uuid.UUID)


class UuidFunctions(LibraryFunctions):
    """The functions of `uuid`."""

    __slots__ = ()
    module = 'uuid'

    def uuid1(self, node: Any = None, clock_seq: Any = None) -> uuid.UUID:
        random = self._run.random
        stamp = int(self._run.now() * 10_000_000) + _INTERVALS_BEFORE_1970
        sequence = random.getrandbits(14) if clock_seq is None else clock_seq
        # The multicast bit says that the node is a random one.
        address = random.getrandbits(48) | 1 << 40 if node is None else node
        fields = (
            stamp & 0xFFFFFFFF, stamp >> 32 & 0xFFFF, stamp >> 48 & 0x0FFF, sequence >> 8 & 0x3F, sequence & 0xFF, address
        )  # fmt: skip
        return uuid.UUID(fields=fields, version=1)

    def uuid3(self, namespace: Any, name: Any) -> uuid.UUID:
        return self._named(namespace, name, hashlib.md5, 3)

    def uuid4(self) -> uuid.UUID:
        return uuid.UUID(int=self._run.random.getrandbits(128), version=4)

    def uuid5(self, namespace: Any, name: Any) -> uuid.UUID:
        return self._named(namespace, name, hashlib.sha1, 5)

    def _named(self, namespace: Any, name: Any, algorithm: Any, version: int) -> uuid.UUID:
        if type(namespace) is not uuid.UUID:
            raise TypeError('the namespace must be a UUID')
        data = name.encode() if type(name) is str else bytes(name) if type(name) in (bytes, bytearray) else None
        if data is None:
            raise TypeError(f'the name must be str or bytes, not {type(name).__name__}')
        self._run.charge(len(data) >> 7)
        digest = algorithm(namespace.bytes + data, usedforsecurity=False).digest()
        return uuid.UUID(bytes=digest[:16], version=version)


class Makers(LibraryFunctions):
    """What makes the objects of one run."""

    __slots__ = ()
    module = 'uuid'

    def uuid(self, hex: Any = None, bytes: Any = None, *, int: Any = None, version: Any = None) -> uuid.UUID:
        if hex is not None and type(hex) is not str:
            raise AttributeError(f"'{type(hex).__name__}' object has no attribute 'replace'")
        return uuid.UUID(hex=hex, bytes=bytes, int=int, version=version)


def _uuid(run: Run) -> TypeOfRun:
    return TypeOfRun(uuid.UUID, 'uuid.UUID', Makers(run).uuid)


MODULE = Definition(
    'uuid',
    static={
        name: getattr(uuid, name)
        for name in (
            'NAMESPACE_DNS',
            'NAMESPACE_OID',
            'NAMESPACE_URL',
            'NAMESPACE_X500',
            'RESERVED_FUTURE',
            'RESERVED_MICROSOFT',
            'RESERVED_NCS',
            'RFC_4122',
        )
    },
    functions=UuidFunctions,
    objects={'UUID': _uuid},
    left_out={
        'it tells of the host': 'getnode SafeUUID',
        'it is not part of this release; use uuid4()': 'uuid6 uuid7 uuid8 NIL MAX',
        'it is not meant for users of the module': 'Enum bytes_ int_ main os platform sys time',
    },
)
