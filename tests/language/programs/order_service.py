# A program as a language model writes it: records, states, interfaces and a repository, with calls everywhere.
from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict, namedtuple
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import Enum, Flag, IntEnum, auto
from typing import Any, Generic, NamedTuple, Optional, Protocol, TypedDict, TypeVar, runtime_checkable

T = TypeVar('T')
K = TypeVar('K')


class Status(str, Enum):
    NEW = 'new'
    PAID = 'paid'
    SHIPPED = 'shipped'
    CANCELLED = 'cancelled'

    @property
    def is_final(self) -> bool:
        return self in (Status.SHIPPED, Status.CANCELLED)

    @classmethod
    def parse(cls, text: str) -> Status:
        return cls(ext(text).strip().lower())


class Priority(IntEnum):
    LOW = 1
    HIGH = 10


class Rights(Flag):
    READ = auto()
    WRITE = auto()
    ADMIN = READ | WRITE


NEXT: dict[Status, set[Status]] = {
    Status.NEW: {Status.PAID, Status.CANCELLED},
    Status.PAID: {Status.SHIPPED, Status.CANCELLED},
    Status.SHIPPED: set(),
    Status.CANCELLED: set(),
}


class Money(NamedTuple):
    amount: int
    currency: str = 'EUR'

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f'cannot add {other.currency} to {self.currency}')
        return Money(ext_add(self.amount, other.amount), self.currency)


class Line(TypedDict):
    sku: str
    count: int


Event = namedtuple('Event', ['kind', 'payload'], defaults=[None])


@dataclass(order=True, frozen=True)
class OrderId:
    value: int
    # CPython finds a ClassVar in text through the module, which a script run by exec() has not got.
    prefix = 'ORD'

    def __str__(self) -> str:
        return f'{self.prefix}-{self.value:04d}'


@dataclass
class Order:
    id: OrderId
    lines: list[Line] = field(default_factory=list)
    status: Status = Status.NEW
    total: Money = field(default=Money(0), compare=False)
    history: list[Event] = field(default_factory=list, repr=False)
    tags: dict[str, Any] = field(default_factory=lambda: {'made': ext(1)})
    priority: Optional[Priority] = None

    def __post_init__(self) -> None:
        if self.priority is None:
            self.priority = Priority(ext(10 if len(self.lines) > 1 else 1))

    def add(self, line: Line, price: Money) -> Order:
        self.lines.append(line)
        self.total = self.total + Money(price.amount * line['count'], price.currency)
        return self


@runtime_checkable
class Notifier(Protocol):
    def notify(self, order: Order, event: Event) -> None: ...


class Repository(ABC, Generic[K, T]):
    @abstractmethod
    def get(self, key: K) -> T | None: ...

    @abstractmethod
    def put(self, key: K, item: T) -> None: ...

    def must(self, key: K) -> T:
        found = self.get(key)
        if found is None:
            raise KeyError(f'no {key}')
        return found


class Memory(Repository[OrderId, Order], Mapping[OrderId, Order]):
    def __init__(self) -> None:
        self._items: dict[OrderId, Order] = {}

    def get(self, key: OrderId, default: Order | None = None) -> Order | None:
        return self._items.get(key, default) if ext_true() else None

    def put(self, key: OrderId, item: Order) -> None:
        self._items[key] = item

    def __getitem__(self, key: OrderId) -> Order:
        return self._items[key]

    def __iter__(self) -> Iterator[OrderId]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)


class Logger:
    def __init__(self) -> None:
        self.seen: defaultdict[str, list[str]] = defaultdict(list)

    def notify(self, order: Order, event: Event) -> None:
        self.seen[event.kind].append(ext_str(order.id.value))


class Service:
    def __init__(self, repository: Repository[OrderId, Order], notifiers: list[Notifier]) -> None:
        self.repository = repository
        self.notifiers = [notifier for notifier in notifiers if isinstance(notifier, Notifier)]
        self.rules: list[Callable[[Order], bool]] = [lambda order: bool(order.lines), lambda order: ext_true()]

    def place(self, number: int, *items: tuple[str, int, int]) -> Order:
        order = Order(OrderId(ext(number)))
        for sku, count, price in items:
            order.add({'sku': sku, 'count': count}, Money(price))
        if not all(rule(order) for rule in self.rules):
            raise ValueError('refused')
        self.repository.put(order.id, order)
        self._tell(order, Event('placed', {'total': order.total}))
        return order

    def move(self, key: OrderId, text: str) -> Order:
        order, status = self.repository.must(key), Status.parse(text)
        if status not in NEXT[order.status]:
            raise ValueError(f'{order.id}: {order.status.value} -> {status.value}')
        changed = replace(order, status=status)
        self.repository.put(key, changed)
        self._tell(changed, Event('moved', (order.status, status)))
        return changed

    def _tell(self, order: Order, event: Event) -> None:
        order.history.append(event)
        for notifier in self.notifiers:
            notifier.notify(order, event)


def describe(event: Event) -> str:
    match event:
        case Event('placed', {'total': Money(amount, 'EUR')}):
            return f'placed for {ext(amount)}'
        case Event('moved', (Status.NEW, Status() as new)):
            return f'first move to {new.value}'
        case Event(kind=kind, payload=None):
            return kind
        case _:
            return f'other {event.kind}'


logger = Logger()
store = Memory()
service = Service(store, [logger, object()])
one = service.place(1, ('a', 2, 5), ('b', 1, 7))
two = service.place(2, ('c', 1, 3))
moved = service.move(one.id, ' PAID ')
shipped = service.move(one.id, 'shipped')
for attempt in (
    lambda: service.move(one.id, 'new'),
    lambda: service.move(OrderId(9), 'paid'),
    lambda: Status.parse('x'),
    lambda: service.place(3),
    lambda: Money(1) + Money(1, 'USD'),
    lambda: Repository(),
):
    try:
        attempt()
    except (ValueError, KeyError, TypeError) as error:
        print(type(error).__name__, error if not isinstance(error, TypeError) else '')
print(shipped)
print([describe(event) for event in shipped.history], describe(Event('plain')))
print(sorted(store, reverse=True)[0], len(store), two == store[two.id], one == shipped, list(store) == [one.id, two.id])
print(dict(logger.seen), shipped.status.is_final, shipped.status == 'shipped', two.priority is Priority.LOW)
print(asdict(two)['lines'], asdict(two)['total'], asdict(two)['status'], Rights.READ in Rights.ADMIN, ~Rights.READ)
print({status: len(after) for status, after in NEXT.items()}, f'{one.id}', f'{Status.PAID.value:>6}')
print(isinstance(store, Mapping), isinstance(store, Repository), [str(key) for key in store.keys()])
shipped.total.amount
