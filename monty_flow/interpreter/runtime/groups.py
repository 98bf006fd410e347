"""What `except*` does with a group: split off what a handler catches, and put together what is left (PEP 654)."""

from __future__ import annotations

from typing import Any, Final

#: Exceptions that a group may have in it, each counted as often as it is there, for CPython to go through them all in one operation.
MOST_PARTS: Final = 200_000


def check_group(value: object) -> None:
    """Refuse to go through a group of exceptions that share their parts over so many levels that it would not end."""
    if not isinstance(value, BaseExceptionGroup):
        return
    pending: list[Any] = [value]
    left = MOST_PARTS
    while pending:
        parts = BaseExceptionGroup.exceptions.__get__(pending.pop())
        left -= len(parts)
        if left < 0:
            raise RecursionError('a group of exceptions has too many parts')
        pending.extend(part for part in parts if isinstance(part, BaseExceptionGroup))


def split_group(rest: BaseException | None, kinds: Any) -> tuple[BaseException | None, BaseException | None]:
    """Return what of `rest` a handler of `kinds` catches, as a group, and what is left; None where there is nothing."""
    _check_kinds(kinds)
    if rest is None:
        return None, None
    if isinstance(rest, kinds):
        if isinstance(rest, BaseExceptionGroup):
            return rest, None
        return BaseExceptionGroup('', [rest]), None
    if isinstance(rest, BaseExceptionGroup):
        check_group(rest)
        # The method of the built-in type: a script's class cannot answer with something that is no group.
        return BaseExceptionGroup.split(rest, kinds)
    return None, rest


def _check_kinds(kinds: Any) -> None:
    for kind in kinds if type(kinds) is tuple else (kinds,):
        if not (isinstance(kind, type) and issubclass(kind, BaseException)):
            raise TypeError('catching classes that do not inherit from BaseException is not allowed')
        if issubclass(kind, BaseExceptionGroup):
            raise TypeError('catching ExceptionGroup with except* is not allowed. Use except instead.')


def enter_group(match: BaseException, caught: BaseException) -> None:
    """Give a part of a group, which was raised for its handler to run, the context and traceback of the whole again."""
    whole = isinstance(caught, BaseExceptionGroup)
    match.__context__ = caught.__context__ if whole else None
    match.__traceback__ = caught.__traceback__ if whole else None


def traceback_of(error: BaseException) -> Any:
    return error.__traceback__


def set_traceback(error: BaseException, traceback: Any) -> None:
    error.__traceback__ = traceback


def regroup(
    caught: BaseException, raised: list[tuple[BaseException, bool]], rest: BaseException | None
) -> BaseException | None:
    """Return what an `except*` raises at its end, None for nothing.

    `raised` has what the handlers raised, each with whether it is its own group, raised again by a bare `raise`:
    of those, and of the rest, the structure of the caught group is kept.
    """
    if not isinstance(caught, BaseExceptionGroup):
        return raised[0][0] if raised else rest
    new = [error for error, again in raised if not again]
    kept = [error for error, again in raised if again]
    if rest is not None:
        kept.append(rest)
    leaves: set[int] = set()
    pending = list(kept)
    while pending:
        error = pending.pop()
        if isinstance(error, BaseExceptionGroup):
            pending.extend(error.exceptions)
        else:
            leaves.add(id(error))
    old = BaseExceptionGroup.split(caught, lambda error: id(error) in leaves)[0] if leaves else None
    if not new:
        return old
    if old is not None:
        new.append(old)
    return new[0] if len(new) == 1 else BaseExceptionGroup('', new)


#: What emitted code calls, by name.
HELPERS: dict[str, Any] = {
    '$split_group': split_group,
    '$enter_group': enter_group,
    '$traceback_of': traceback_of,
    '$set_traceback': set_traceback,
    '$regroup': regroup,
}
