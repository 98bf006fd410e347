"""The attacks by class: scripts that try to run far over a limit in a single operation.

One module a kind; each has `SCRIPTS`, class -> scripts. What is in `named` holds its limits in a pool only. How they are
run and measured is in `measuring`; `make attacks` prints the table of `docs/security.md`.
"""

from __future__ import annotations

from typing import Final

from tests.attacks import (
    bytes_and_texts,
    consuming,
    doubling,
    growth,
    hidden,
    hooks,
    iteration,
    library,
    named,
    numbers,
    programs,
    reentry,
    reflection,
    reports,
    sources,
    stores,
    structures,
    subclasses,
    tools,
    widths,
)  # fmt: skip

#: Class -> scripts, whose limits hold in process too.
OVERRUNS: Final[dict[str, list[str]]] = {
    title: scripts
    for module in (
        numbers,
        doubling,
        subclasses,
        widths,
        iteration,
        structures,
        growth,
        stores,
        library,
        tools,
        hidden,
        programs,
        reports,
        reflection,
        hooks,
        reentry,
        bytes_and_texts,
        consuming,
        sources,
    )
    for title, scripts in module.SCRIPTS.items()
}
#: What sits in an operation in C that nothing ends, and that is not judged beforehand.
NAMED: Final[dict[str, list[str]]] = named.SCRIPTS
