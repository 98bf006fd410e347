"""What the pausing analysis finds."""

from __future__ import annotations

from monty_flow.interpreter.records import field, record


@record()
class Stops:
    """The answer: marks are also left on the nodes (`node.stop`, `node.has_stop`)."""

    #: Node numbers of calls and comprehensions that stop.
    stops: set[int] = field(default_factory=set)
    #: Node numbers of function-like nodes in which something stops.
    pausing: set[int] = field(default_factory=set)
    #: Whether some generator may pause while it runs.
    pausing_generators: bool = False
    #: Whether what a script awaits may pause while it runs.
    pausing_coroutines: bool = False
    #: Whether code that does not know the script may call something of it that stops.
    calls_back: bool = False
    #: Whether making an instance of a class, or calling one, may stop.
    constructs: bool = False
    #: Whether C may ask a method that may stop in the middle of what it does (`runtime/asking.py`).
    asks: bool = False
    #: Names of the methods that may then.
    asked: frozenset[str] = frozenset()
    #: Whether what a `defaultdict` calls for a key that is missing may stop.
    factories: bool = False
    #: Names of methods, of any class of the script, that may stop.
    methods: set[str] = field(default_factory=set)
    #: Names that are external functions.
    externals: set[str] = field(default_factory=set)
    #: Whether the script makes code of text, of which nothing is known here.
    evaluates: bool = False
    #: Whether it does so itself: such text sees the names of the function around.
    evaluates_here: bool = False
    #: Whether names of the top level may be bound by what is not seen here.
    rebinds: bool = False
