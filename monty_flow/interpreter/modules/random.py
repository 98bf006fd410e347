"""`random`: the functions of the run's own source, so that runs do not see each other's state.

`Random` makes sources beside it, with CPython's own algorithms and numbers. Its class is CPython's Python class, of
which scripts get none of the functions (`library.derivable`); what is not one step is metered.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, ClassVar

from monty_flow.interpreter.modules.library import TypeOfRun, derivable
from monty_flow.interpreter.modules.module import CHARGED_AT_ONCE, Definition, Functions, metered
from monty_flow.interpreter.runtime.run import Run

_SEEDS = (type(None), int, float, str, bytes, bytearray)
#: Bits with which a source is seeded that a script gives none.
_SEED_BITS = 2500


def _seed(run: Run, source: Any, a: Any, version: Any) -> None:
    if not isinstance(a, _SEEDS):
        raise TypeError('The only supported seed types are: None,\nint, float, str, bytes, and bytearray.')
    if isinstance(a, int):
        # Seeding from an int is quadratic in its bits.
        run.charge(int.bit_length(a) >> 4)
    random.Random.seed(source, a, version)


def _sized(run: Run, nbytes: Any) -> None:
    """Charge for a result of `nbytes`; a bad number is left to CPython to refuse."""
    if isinstance(nbytes, int) and nbytes > 0:
        run.reserve(nbytes)
        run.charge(nbytes >> 3)


def _drawn(run: Run, size: Any, per_byte: int) -> None:
    """Charge for so many bits or bytes of chance, which CPython makes as words first, and then as digits of an int."""
    if isinstance(size, int) and size > 0:
        nbytes = int(size) // per_byte
        run.reserve(2 * nbytes + (nbytes >> 3))
        run.charge(nbytes >> 3)


def _finite(*parameters: float) -> None:
    """Refuse what the loops of the rejection methods would never accept."""
    if not all(map(math.isfinite, parameters)):
        raise ValueError('the parameters must be finite')


def _choices(run: Run, source: Any, population: Any, weights: Any, cum_weights: Any, k: Any) -> list[Any]:
    _sized(run, 8 * k)
    run.charge(len(population))
    exact = None if weights is None or isinstance(weights, int) else list(metered(run, weights))
    cumulative = None if cum_weights is None else list(metered(run, cum_weights))
    given: Any = weights if isinstance(weights, int) else exact
    made: list[Any] = random.Random.choices(source, population, given, cum_weights=cumulative, k=k)
    return made


def _sample(run: Run, source: Any, population: Any, k: Any, counts: Any) -> list[Any]:
    _sized(run, 8 * k)
    run.charge(0 if type(population) is range else len(population))
    exact = None if counts is None else list(metered(run, counts))
    return random.Random.sample(source, population, k, counts=exact)


def _shuffle(run: Run, source: Any, x: Any) -> None:
    if type(x) is not list or len(x) <= CHARGED_AT_ONCE:
        run.charge(len(x))
        random.Random.shuffle(source, x)
        return
    # The very algorithm of `Random.shuffle`, with a look at the clock now and then.
    below = source._randbelow
    for index in reversed(range(1, len(x))):
        if not index % 1000:
            run.charge(1000)
        other = below(index + 1)
        x[index], x[other] = x[other], x[index]


def _set_state(run: Run, source: Any, state: Any) -> None:
    if type(state) is not tuple or len(state) != 3:
        raise ValueError(f'state with version {state[0] if state else None} passed to Random.setstate()')
    run.charge(1000)
    random.Random.setstate(source, state)


@derivable
class Random(random.Random):
    """A source of random numbers beside the run's own."""

    __slots__ = ('__run__',)
    __run__: Run
    script_type_name: ClassVar[str] = 'Random'

    def seed(self, a: Any = None, version: int = 2) -> None:
        if a is None:
            a = self.__run__.random.getrandbits(_SEED_BITS)
        _seed(self.__run__, self, a, version)

    def getrandbits(self, k: int, /) -> int:
        _drawn(self.__run__, k, 8)
        return super().getrandbits(k)

    def randbytes(self, n: int) -> bytes:
        _drawn(self.__run__, n, 1)
        return super().randbytes(n)

    def choices(self, population: Any, weights: Any = None, *, cum_weights: Any = None, k: int = 1) -> list[Any]:
        return _choices(self.__run__, self, population, weights, cum_weights, k)

    def sample(self, population: Any, k: int, *, counts: Any = None) -> list[Any]:
        return _sample(self.__run__, self, population, k, counts)

    def shuffle(self, x: Any) -> None:
        _shuffle(self.__run__, self, x)

    def setstate(self, state: Any) -> None:
        _set_state(self.__run__, self, state)

    def betavariate(self, alpha: float, beta: float) -> float:
        _finite(alpha, beta)
        return super().betavariate(alpha, beta)

    def gammavariate(self, alpha: float, beta: float) -> float:
        _finite(alpha, beta)
        return super().gammavariate(alpha, beta)

    def vonmisesvariate(self, mu: float, kappa: float) -> float:
        _finite(mu, kappa)
        return super().vonmisesvariate(mu, kappa)

    def __reduce__(self) -> Any:
        raise TypeError('a Random of a script cannot be pickled')

    def __repr__(self) -> str:
        return '<random.Random object>'


class RandomFunctions(Functions):
    """The functions of `random`."""

    __slots__ = ()
    module = 'random'

    def seed(self, a: Any = None, version: int = 2) -> None:
        _seed(self._run, self._run.random, a, version)

    def getstate(self) -> tuple[Any, ...]:
        return self._run.random.getstate()

    def setstate(self, state: Any) -> None:
        _set_state(self._run, self._run.random, state)

    def random(self) -> float:
        return self._run.random.random()

    def uniform(self, a: float, b: float) -> float:
        return self._run.random.uniform(a, b)

    def triangular(self, low: float = 0.0, high: float = 1.0, mode: float | None = None) -> float:
        return self._run.random.triangular(low, high, mode)

    def randint(self, a: int, b: int) -> int:
        return self._run.random.randint(a, b)

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        return self._run.random.randrange(start, stop, step)

    def getrandbits(self, k: int, /) -> int:
        _drawn(self._run, k, 8)
        return self._run.random.getrandbits(k)

    def randbytes(self, n: int) -> bytes:
        _drawn(self._run, n, 1)
        return self._run.random.randbytes(n)

    def choice(self, seq: Sequence[Any]) -> Any:
        return self._run.random.choice(seq)

    def choices(
        self,
        population: Sequence[Any],
        weights: Sequence[float] | None = None,
        *,
        cum_weights: Sequence[float] | None = None,
        k: int = 1,
    ) -> list[Any]:
        return _choices(self._run, self._run.random, population, weights, cum_weights, k)

    def sample(self, population: Sequence[Any], k: int, *, counts: Sequence[int] | None = None) -> list[Any]:
        return _sample(self._run, self._run.random, population, k, counts)

    def shuffle(self, x: list[Any]) -> None:
        _shuffle(self._run, self._run.random, x)

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        return self._run.random.gauss(mu, sigma)

    def normalvariate(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        return self._run.random.normalvariate(mu, sigma)

    def expovariate(self, lambd: float = 1.0) -> float:
        return self._run.random.expovariate(lambd)

    def lognormvariate(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        return self._run.random.lognormvariate(mu, sigma)

    def paretovariate(self, alpha: float) -> float:
        return self._run.random.paretovariate(alpha)

    def weibullvariate(self, alpha: float, beta: float) -> float:
        return self._run.random.weibullvariate(alpha, beta)

    def betavariate(self, alpha: float, beta: float) -> float:
        _finite(alpha, beta)
        return self._run.random.betavariate(alpha, beta)

    def gammavariate(self, alpha: float, beta: float) -> float:
        _finite(alpha, beta)
        return self._run.random.gammavariate(alpha, beta)

    def vonmisesvariate(self, mu: float, kappa: float) -> float:
        _finite(mu, kappa)
        return self._run.random.vonmisesvariate(mu, kappa)


def make_random(run: Run, cls: Any = Random) -> Random:
    """Return a source that is not seeded yet."""
    made: Random = random.Random.__new__(cls)
    object.__setattr__(made, '__run__', run)
    return made


def _random(run: Run) -> TypeOfRun:
    def make(x: Any = None) -> Random:
        made = make_random(run)
        made.__init__(x)  # type: ignore[misc]
        return made

    def new(cls: Any, /, *args: Any, **kwargs: Any) -> Random:
        return make_random(run, cls)

    return TypeOfRun(Random, 'random.Random', make, new=new)


MODULE = Definition(
    'random',
    functions=RandomFunctions,
    objects={'Random': _random},
    left_out={
        "it draws from the host's entropy; use Random() or the functions of the module": 'SystemRandom',
        'it is not part of this release; use gauss(), uniform() or random()': 'binomialvariate',
        'it is not meant for users of the module': 'BPF LOG4 NV_MAGICCONST RECIP_BPF SG_MAGICCONST TWOPI main',
    },
)
