"""`zoneinfo`: the time zones of the host's data, as values. A script names one, and no file is within its reach."""

from __future__ import annotations

import io
import zoneinfo
from typing import Any, ClassVar, Final
from zoneinfo import _common, _tzpath

from monty_flow.interpreter.boundary import ZONES
from monty_flow.interpreter.modules.library import TypeOfRun
from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import admit

#: Bytes of the data of each zone that was asked for, or all, where no file can be read later.
_data: dict[str, bytes] = {}
#: The zones that were made; they cannot be changed, so all runs share them.
_zones: dict[str, Zone] = {}
#: How CPython makes one of its data.
_from_file: Any = vars(zoneinfo.ZoneInfo)['from_file']
#: Characters of the name of a zone.
_MAX_NAME: Final = 255


class ZoneInfoNotFoundError(KeyError, metaclass=FrozenType):
    """Raised for a name that no zone has."""

    __module__ = 'zoneinfo'


def _refused(self: Any) -> Any:
    raise AttributeError("'zoneinfo.ZoneInfo' object has no such attribute in a script")


class Zone(zoneinfo.ZoneInfo):
    """A time zone. What would read files, or drop what others use, is not there."""

    __slots__ = ()
    __module__ = 'zoneinfo'
    __qualname__ = 'ZoneInfo'
    script_type_name: ClassVar[str] = 'ZoneInfo'

    clear_cache: Any = property(_refused)
    from_file: Any = property(_refused)
    no_cache: Any = property(_refused)

    def __repr__(self) -> str:
        return f'zoneinfo.ZoneInfo(key={self.key!r})'

    def __copy__(self) -> Zone:
        return self

    def __deepcopy__(self, memo: object) -> Zone:
        return self


admit(Zone)
ZONES.add(Zone)


def preload() -> None:
    """Read the data of all zones, for a process that will not be able to."""
    for key in zoneinfo.available_timezones():
        _read(key)


def _read(key: str) -> bytes:
    found = _data.get(key)
    if found is None:
        path = _tzpath.find_tzfile(key)
        with open(path, 'rb') if path is not None else _common.load_tzdata(key) as file:
            found = _data[key] = file.read()
    return found


def zone(key: Any) -> Zone:
    """Return the zone of a name."""
    if not isinstance(key, str):
        raise TypeError(f'a time zone is named by a str, not {type(key).__name__}')
    name = str.__str__(key)
    found = _zones.get(name)
    if found is None:
        if not name or len(name) > _MAX_NAME or not name.isascii() or name.startswith('/') or '..' in name:
            raise ValueError(f'{name[:_MAX_NAME]!r} cannot be the name of a time zone')
        try:
            data = _read(name)
        except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
            raise ZoneInfoNotFoundError(f'No time zone found with key {name}') from None
        found = _zones[name] = _from_file.__get__(None, Zone)(io.BytesIO(data), key=name)
    return found


def _type_of_run(run: Run) -> TypeOfRun:
    return TypeOfRun(Zone, 'zoneinfo.ZoneInfo', zone)


class ZoneFunctions(Functions):
    """The functions of `zoneinfo`."""

    __slots__ = ()
    module = 'zoneinfo'

    def available_timezones(self) -> set[str]:
        return set(_data) if len(_data) > len(_zones) else zoneinfo.available_timezones()


MODULE = Definition(
    'zoneinfo',
    static={'ZoneInfoNotFoundError': ZoneInfoNotFoundError},
    functions=ZoneFunctions,
    objects={'ZoneInfo': _type_of_run},
    left_out={'where the data of time zones is, the host says': 'InvalidTZPathWarning TZPATH reset_tzpath'},
)
