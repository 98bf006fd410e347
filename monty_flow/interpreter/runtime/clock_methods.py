"""Guarded methods of dates: the clock is the run's, and the local time zone of a script is UTC."""

from __future__ import annotations

import datetime
from typing import Any, Final

from monty_flow.interpreter.runtime.run import Run

_UTC: Final = datetime.UTC


class ClockMethods:
    """The part of `Methods` about dates."""

    __slots__ = ()
    run: Run

    def _plain(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        raise NotImplementedError

    def m_now(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not _is_datetime(obj) or len(args) > 1 or kwargs.keys() - {'tz'}:
            return self._plain(obj, 'now', args, kwargs)
        tz = args[0] if args else kwargs.get('tz')
        return self._moment(_class_of(obj), self.run.now(), tz)

    def m_utcnow(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not _is_datetime(obj) or args or kwargs:
            return self._plain(obj, 'utcnow', args, kwargs)
        return self._moment(_class_of(obj), self.run.now(), None)

    def m_today(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not _is_date(obj) or args or kwargs:
            return self._plain(obj, 'today', args, kwargs)
        moment = self._moment(datetime.datetime, self.run.now(), None)
        return moment if _is_datetime(obj) else moment.date()

    def m_fromtimestamp(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not _is_date(obj) or not args:
            return self._plain(obj, 'fromtimestamp', args, kwargs)
        if len(args) > 2 or kwargs.keys() - {'tz'} or (not _is_datetime(obj) and (kwargs or len(args) != 1)):
            return self._plain(obj, 'fromtimestamp', args, kwargs)
        if not _is_datetime(obj):
            return self._moment(datetime.datetime, args[0], None).date()
        tz = args[1] if len(args) == 2 else kwargs.get('tz')
        return self._moment(_class_of(obj), args[0], tz)

    def _moment(self, cls: Any, seconds: float, tz: Any) -> Any:
        if tz is None:
            return cls.fromtimestamp(seconds, _UTC).replace(tzinfo=None)
        return cls.fromtimestamp(seconds, tz)

    def m_timestamp(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if _is_datetime(obj) and not args and not kwargs and type(obj) is not type and obj.tzinfo is None:
            obj = obj.replace(tzinfo=_UTC)
        return self._plain(obj, 'timestamp', args, kwargs)

    def m_astimezone(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        if _is_datetime(obj) and type(obj) is not type:
            if obj.tzinfo is None:
                obj = obj.replace(tzinfo=_UTC)
            if not kwargs and (not args or args == (None,)):
                args = (_UTC,)
        return self._plain(obj, 'astimezone', args, kwargs)


def _class_of(obj: Any) -> Any:
    return obj if isinstance(obj, type) else type(obj)


def _is_date(obj: Any) -> bool:
    return issubclass(_class_of(obj), datetime.date)


def _is_datetime(obj: Any) -> bool:
    return issubclass(_class_of(obj), datetime.datetime)
