"""The modules that are nothing but a source in the script language."""

from __future__ import annotations

import errno
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS, REFUSED_BUILTINS
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.run import Run


def _installed(name: str, without: str = '', **parts: object) -> Definition:
    """Return a module of CPython's own source; `without` are names that are left out of it."""
    left_out = parts.pop('left_out', {})
    return Definition(name, scripted=Scripted(name, installed=True, without=without, **parts), left_out=left_out)  # type: ignore[arg-type]


#: What `calendar` makes of enumerations, by putting their members among its globals.
_MONTHS_AND_DAYS: Final = """
import sys
from enum import IntEnum

class Month(IntEnum):
    JANUARY = 1
    FEBRUARY = 2
    MARCH = 3
    APRIL = 4
    MAY = 5
    JUNE = 6
    JULY = 7
    AUGUST = 8
    SEPTEMBER = 9
    OCTOBER = 10
    NOVEMBER = 11
    DECEMBER = 12

class Day(IntEnum):
    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6

JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE, JULY, AUGUST, SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = Month
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = Day
"""
#: Functions of the one calendar of the module, which keeps its first day of the week; CPython's are bound to it for good.
_ONE_CALENDAR: Final = {
    'firstweekday': 'getfirstweekday', 'monthcalendar': 'monthdayscalendar', 'prweek': 'prweek', 'week': 'formatweek',
    'weekheader': 'formatweekheader', 'prmonth': 'prmonth', 'month': 'formatmonth', 'calendar': 'formatyear', 'prcal': 'pryear',
}  # fmt: skip
_FUNCTIONS_OF_IT: Final = ''.join(
    f'\ndef {name}(*args, **kwargs):\n    return c.{method}(*args, **kwargs)\n'
    for name, method in _ONE_CALENDAR.items()
)


#: CPython's asks which module of paths is in use.
_FILTER: Final = """
def filter(names, pat):
    match = _compile_pattern(os.path.normcase(pat))
    return [name for name in names if match(os.path.normcase(name)) is not None]
"""

#: `argparse` has its messages translated.
_MESSAGES: Final = """
def _(message):
    return message

def ngettext(singular, plural, n):
    return singular if n == 1 else plural
"""


_ERRORS: Final = {name: code for name, code in vars(errno).items() if type(code) is int}


def _builtin(name: str) -> Callable[[Run], object]:
    return lambda run: Builtins(run).value(name)


def _refused_builtins() -> dict[str, str]:
    """Return the names of the built-ins that no script has, by what to do instead."""
    found = {'they are keywords': 'False None True', 'no script can meet it': 'PythonFinalizationError WindowsError'}
    for name, reason in REFUSED_BUILTINS.items():
        found[reason] = f'{found.get(reason, "")} {name}'.strip()
    return found


_BUILTINS: Final = {name: _builtin(name) for name in BUILTINS}

MODULES: Final[tuple[Definition, ...]] = (
    # For library modules that read built-ins through their module.
    Definition('_builtins', objects=_BUILTINS),
    Definition('builtins', objects=_BUILTINS, left_out=_refused_builtins()),
    Definition(
        'contextlib',
        scripted=Scripted('contextlib', private='_GeneratorContextManager _AsyncGeneratorContextManager'),
        left_out={'scripts have no directories of the host': 'chdir'},
    ),
    Definition(
        'warnings',
        scripted=Scripted('warnings', state='_filters'),
        left_out={'a script has no files and registries of warnings': 'formatwarning showwarning deprecated'},
    ),
    _installed('graphlib'),
    _installed('difflib'),
    _installed(
        'ipaddress',
        'IPv4Interface.__reduce__ IPv6Interface.__reduce__ IPv4Address.__reduce__ _IPAddressBase.__reduce__',
    ),
    _installed('fractions'),
    _installed('pprint'),
    _installed('urllib.parse'),
    Definition(
        'urllib',
        scripted=Scripted('urllib', exported='parse'),
        left_out={
            'scripts have no network; make the request in an external function': 'request error response robotparser'
        },
    ),
    _installed('numbers'),
    _installed('colorsys'),
    _installed(
        'fnmatch',
        'filter',
        before=_FILTER,
        instead={'posixpath': 'os.path'},
    ),
    _installed('getopt'),
    _installed('html.entities'),
    _installed('html.parser'),
    _installed('_markupbase'),
    _installed('shlex'),
    _installed('textwrap'),
    _installed(
        'calendar',
        'LocaleTextCalendar LocaleHTMLCalendar different_locale locale _locale main Month Day IntEnum global_enum '
        + ' '.join(_ONE_CALENDAR),
        before=_MONTHS_AND_DAYS + _FUNCTIONS_OF_IT,
        state='c',
        left_out={'a script has no locale': 'LocaleTextCalendar LocaleHTMLCalendar'},
    ),
    # One thread has one number.
    _installed('reprlib', 'get_ident', before='def get_ident():\n    return 1\n', instead={'builtins': '_builtins'}),
    _installed('configparser'),
    _installed('tomllib._parser'),
    _installed('tomllib._re'),
    _installed('tomllib._types'),
    _installed('tomllib'),
    _installed('quopri'),
    _installed('statistics'),
    _installed(
        'argparse',
        '_ ngettext',
        hidden='FileType',
        before=_MESSAGES,
        left_out={'open the file in the script': 'FileType'},
    ),
    _installed('http', '_simple_enum'),
    _installed('optparse', 'Values.read_module Values.read_file'),
    _installed('sched'),
    _installed('stat', '*'),
    Definition(
        'errno', static={**_ERRORS, 'errorcode': MappingProxyType({code: name for name, code in _ERRORS.items()})}
    ),
    Definition(
        'gc',
        scripted=Scripted('gc', state='_enabled _thresholds'),
        left_out={
            'it shows what the host holds': 'get_objects get_referents get_referrers get_stats is_finalized is_tracked garbage',
            'scripts do not look at the collector': 'callbacks set_debug get_debug DEBUG_COLLECTABLE DEBUG_LEAK DEBUG_SAVEALL '
            'DEBUG_STATS DEBUG_UNCOLLECTABLE',
        },
    ),
)
