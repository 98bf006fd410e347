"""`random`: the functions of the run's own source, so that runs do not see each other's state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monty_flow.interpreter.modules.module import Definition, Functions, metered


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
        self._run.charge(len(x))
        self._run.random.shuffle(x)

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        return self._run.random.gauss(mu, sigma)

    def normalvariate(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        return self._run.random.normalvariate(mu, sigma)

    def expovariate(self, lambd: float = 1.0) -> float:
        return self._run.random.expovariate(lambd)

    def _sized(self, nbytes: int) -> None:
        """Charge for a result of `nbytes`; a bad number is left to CPython to refuse."""
        if nbytes > 0:
            self._run.reserve(nbytes)
            self._run.charge(nbytes >> 3)


MODULE = Definition(
    'random',
    functions=RandomFunctions,
    left_out={
        'a run has one source of random numbers': 'Random SystemRandom getstate setstate',
        'it is not part of this release; use gauss(), uniform() or random()': 'betavariate binomialvariate '
        'gammavariate lognormvariate paretovariate vonmisesvariate weibullvariate',
        'it is not meant for users of the module': 'BPF LOG4 NV_MAGICCONST RECIP_BPF SG_MAGICCONST TWOPI main',
    },
)
