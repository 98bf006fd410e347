# Frames inside frames, in loops, with locals of many kinds and shared values.
import time


def visit(city, depth, found):
    for number in range(depth, 5):
        if number % 2:
            found.append((city, number, ext(number)))
        elif depth < 3:
            visit(city + '!', depth + 2, found)
    return found


def plan(cities):
    total = {}
    for index, city in enumerate(cities):
        total[city] = len(visit(city, index, []))
        time.sleep(0)
    return total


shared = [1.5, None, True, b'bytes', 'text', 1 << 80, {1, 2}, (3, frozenset({4}))]
names = {'a': shared, 'b': shared}
result = plan(['Oslo', 'Rome'])
[result, names['a'] is names['b'], shared]
