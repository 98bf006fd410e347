"""`cmath`: CPython's own functions of complex numbers: pure, immutable, of constant cost."""

from __future__ import annotations

import cmath

from monty_flow.interpreter.modules.module import Definition

MODULE = Definition(
    'cmath', static={name: getattr(cmath, name) for name in sorted(vars(cmath)) if not name.startswith('_')}
)
