"""`datetime`: CPython's own types, which are immutable C types.

`now`, `today` and `utcnow` are not this module's affair: the compiler sends them to the run's clock.
"""

from __future__ import annotations

import datetime

from monty_flow.interpreter.modules.module import Definition

MODULE = Definition(
    'datetime',
    static={
        name: getattr(datetime, name)
        for name in ('MAXYEAR', 'MINYEAR', 'UTC', 'date', 'datetime', 'time', 'timedelta', 'timezone', 'tzinfo')
    },
    left_out={'it is not meant for users of the module': 'datetime_CAPI sys'},
)
