# Factories, `__post_init__` and methods of field values may stop inside generated methods.
from dataclasses import dataclass, field, replace


def make_default():
    return ext_list(3)


class Amount:
    def __init__(self, value):
        self.value = ext(value)

    def __eq__(self, other):
        return ext(self.value) == other.value

    def __repr__(self):
        return f'Amount({ext(self.value)})'


@dataclass
class Order:
    number: int
    items: list = field(default_factory=make_default)
    total: Amount = field(default_factory=lambda: Amount(ext_add(1, 2)))
    seen: int = field(init=False, default_factory=ext_none)

    def __post_init__(self):
        self.seen = ext_add(self.number, len(self.items))


one = Order(1)
two = Order(1, total=Amount(3))
print(one.number, one.items, one.total.value, one.seen)
print(one == two, one != Order(2), one == 3)
print(repr(one), str(two))
orders = [Order(n) for n in ext_list(3)]
print([order.seen for order in orders], orders[0].items is orders[1].items)
print(replace(one, number=ext(5)).seen)


@dataclass(frozen=True)
class Frozen:
    name: str
    size: int = field(default_factory=lambda: ext(7))

    def __post_init__(self):
        object.__setattr__(self, 'name', ext_str(self.name))


frozen = Frozen(12)
print(frozen, frozen.size)


@dataclass
class Node:
    value: int
    children: list['Node'] = field(default_factory=list)

    def total(self):
        return ext(self.value) + sum(child.total() for child in self.children)


tree = Node(1, [Node(2), Node(3, [Node(4)])])
print(tree.total(), tree)
one.total.value
