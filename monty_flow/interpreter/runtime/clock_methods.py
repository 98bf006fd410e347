"""Guarded methods of dates and numbers: the clock is the run's, and the local time zone of a script is UTC."""

from __future__ import annotations

import datetime
import decimal
from typing import Any, Final

from monty_flow.interpreter.runtime.arithmetic import DecimalTuple
from monty_flow.interpreter.runtime.formatting import zoned
from monty_flow.interpreter.runtime.plain_methods import PlainMethods

_UTC: Final = datetime.UTC
_EPOCH: Final = datetime.datetime(1970, 1, 1)
_SECOND: Final = datetime.timedelta(seconds=1)


class ClockMethods(PlainMethods):
    """The part of `Methods` about dates and decimal numbers."""

    __slots__ = ()

    def m_as_tuple(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        value = self._plain(obj, 'as_tuple', args, kwargs)
        return DecimalTuple(*value) if type(value) is decimal.DecimalTuple else value

    def m_strftime(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        moment = args[0] if isinstance(obj, type) and args else obj
        args = tuple([zoned(self.run, moment, text) if isinstance(text, str) else text for text in args])
        kwargs = {
            name: zoned(self.run, moment, text) if isinstance(text, str) else text for name, text in kwargs.items()
        }
        return self._plain(obj, 'strftime', args, kwargs)

    def m_now(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not _is_datetime(obj, 'now') or len(args) > 1 or kwargs.keys() - {'tz'}:
            return self._plain(obj, 'now', args, kwargs)
        tz = args[0] if args else kwargs.get('tz')
        return self._moment(_class_of(obj), self.run.now(), tz)

    def m_utcnow(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not _is_datetime(obj, 'utcnow') or args or kwargs:
            return self._plain(obj, 'utcnow', args, kwargs)
        return self._moment(_class_of(obj), self.run.now(), None)

    def m_today(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not _is_date(obj, 'today') or args or kwargs:
            return self._plain(obj, 'today', args, kwargs)
        return self._moment(_class_of(obj), self.run.now(), None)

    def m_fromtimestamp(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not _is_date(obj, 'fromtimestamp') or not args:
            return self._plain(obj, 'fromtimestamp', args, kwargs)
        cls = _class_of(obj)
        has_time = issubclass(cls, datetime.datetime)
        if len(args) > 2 or kwargs.keys() - {'tz'} or (not has_time and (kwargs or len(args) != 1)):
            return self._plain(obj, 'fromtimestamp', args, kwargs)
        tz = args[1] if len(args) == 2 else kwargs.get('tz')
        return self._moment(cls, args[0], tz)

    def _moment(self, cls: Any, seconds: float, tz: Any) -> Any:
        """Return a moment as an instance of a date's class; without a time zone, that of scripts is UTC."""
        if not issubclass(cls, datetime.datetime):
            day = datetime.datetime.fromtimestamp(seconds, _UTC)
            return cls(day.year, day.month, day.day)
        if tz is not None:
            return cls.fromtimestamp(seconds, tz)
        if cls is datetime.datetime:
            return cls.fromtimestamp(seconds, _UTC).replace(tzinfo=None)
        moment = datetime.datetime.fromtimestamp(seconds, _UTC)
        return cls(*moment.timetuple()[:6], moment.microsecond)

    def m_timestamp(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not args and not kwargs and not isinstance(obj, type) and _is_datetime(obj, 'timestamp') and _is_naive(obj):
            return (_exact(obj) - _EPOCH) / _SECOND
        return self._plain(obj, 'timestamp', args, kwargs)

    def m_astimezone(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(obj, type) and _is_datetime(obj, 'astimezone'):
            if _is_naive(obj):
                obj = obj.replace(tzinfo=_UTC)
            if not kwargs and (not args or args == (None,)):
                args = (_UTC,)
        return self._plain(obj, 'astimezone', args, kwargs)


def _class_of(obj: Any) -> Any:
    return obj if isinstance(obj, type) else type(obj)


def _is_naive(moment: Any) -> bool:
    return moment.tzinfo is None or moment.utcoffset() is None


def _exact(moment: Any) -> Any:
    return datetime.datetime(
        moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second, moment.microsecond
    )


def _is_date(obj: Any, name: str) -> bool:
    """Tell whether a name means CPython's own method of dates, and not one of the script's class."""
    cls = _class_of(obj)
    return issubclass(cls, datetime.date) and (type(cls) is type or _is_native(cls, name))


def _is_datetime(obj: Any, name: str) -> bool:
    return issubclass(_class_of(obj), datetime.datetime) and _is_date(obj, name)


def _is_native(cls: type, name: str) -> bool:
    owner = next(base for base in cls.__mro__ if name in vars(base))
    return type(owner) is type
