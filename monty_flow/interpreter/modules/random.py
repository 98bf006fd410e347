"""`random`: the functions of the run's own source, so that runs do not see each other's state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from monty_flow.interpreter.modules.module import CHARGED_AT_ONCE, Definition, Functions, metered


class RandomFunctions(Functions):
    """The functions of `random`."""

    __slots__ = ()
    module = 'random'

    def seed(self, a: Any = None, version: int = 2) -> None:
        if type(a) not in {type(None), int, float, str, bytes, bytearray, bool}:
            raise TypeError('The only supported seed types are: None,\nint, float, str, bytes, and bytearray.')
        if isinstance(a, int):
            # Seeding from an int is quadratic in its bits.
            self._run.charge(a.bit_length() >> 4)
        self._run.random.seed(a, version)

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
        self._sized(k >> 3)
        return self._run.random.getrandbits(k)

    def randbytes(self, n: int) -> bytes:
        self._sized(n)
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
        self._sized(8 * k)
        self._run.charge(len(population))
        exact = None if weights is None else list(metered(self._run, weights))
        cumulative = None if cum_weights is None else list(metered(self._run, cum_weights))
        return self._run.random.choices(population, exact, cum_weights=cumulative, k=k)

    def sample(self, population: Sequence[Any], k: int, *, counts: Sequence[int] | None = None) -> list[Any]:
        self._sized(8 * k)
        self._run.charge(0 if type(population) is range else len(population))
        exact_counts = None if counts is None else list(metered(self._run, counts))
        return self._run.random.sample(population, k, counts=exact_counts)

    def shuffle(self, x: list[Any]) -> None:
        source = self._run.random
        if type(x) is not list or len(x) <= CHARGED_AT_ONCE:
            self._run.charge(len(x))
            source.shuffle(x)
            return
        # The very algorithm of `Random.shuffle`, with a look at the clock now and then.
        below = source._randbelow  # type: ignore[attr-defined]
        for index in reversed(range(1, len(x))):
            if not index % 1000:
                self._run.charge(1000)
            other = below(index + 1)
            x[index], x[other] = x[other], x[index]

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

    def _sized(self, nbytes: int) -> None:
        """Charge for a result of `nbytes`; a bad number is left to CPython to refuse."""
        if nbytes > 0:
            self._run.reserve(nbytes)
            self._run.charge(nbytes >> 3)


def _finite(*parameters: float) -> None:
    """Refuse what the loops of the rejection methods would never accept."""
    if not all(map(math.isfinite, parameters)):
        raise ValueError('the parameters must be finite')


MODULE = Definition(
    'random',
    functions=RandomFunctions,
    left_out={
        'a run has one source of random numbers': 'Random SystemRandom getstate setstate',
        'it is not part of this release; use gauss(), uniform() or random()': 'binomialvariate',
        'it is not meant for users of the module': 'BPF LOG4 NV_MAGICCONST RECIP_BPF SG_MAGICCONST TWOPI main',
    },
)
