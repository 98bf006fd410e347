# Slots beside attributes, and chains of instances that have slots alone.
import copy


class Both:
    __slots__ = ('slot', 'unset', '__dict__')


class Bytes(bytearray):
    __slots__ = ('slot', '__dict__')


class Node:
    __slots__ = ('value', 'next')

    def __init__(self, value, next):
        self.value = value
        self.next = next


shared = [1]
both = Both()
both.slot, both.other = shared, shared
data = Bytes(b'ab')
data.slot, data.other = shared, both
for copied in (copy.copy(data), copy.deepcopy(data)):
    ext(1)
    print(copied, copied.slot, copied.other.slot, copied.other.other, hasattr(copied.other, 'unset'))
    print(copied.slot is shared, copied.slot is copied.other.slot, copied.other is both)

chain = None
for number in range(50):
    chain = Node([number], chain)
made = copy.deepcopy(chain)
total = 0
while made is not None:
    total += made.value[0]
    made.value.append(0)
    made = made.next
print(total, chain.value, chain.next.value)
