trace = []


def v(x):
    trace.append(x)
    return ext(x)


print(v(1) < v(2) < v(3))
print(v(1) < v(0) < v(3))
print(v(1) <= v(1) != v(2) == v(2) > v(0))
print(1 < ext(2) < 3, 1 < ext(5) < 3)
print(v(2) in v([1, 2]) in v([[1, 2]]))
print(v(None) is v(None) is None)
print(v(3) not in v([1]) == v([1]))
n = 5
print(0 <= ext(n) < ext(n + 1) <= ext(6) > 2)
trace
