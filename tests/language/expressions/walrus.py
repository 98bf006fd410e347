if (n := ext(5)) > 3:
    print('big', n)
while (n := ext(n - 1)) > 1:
    print(n, end=' ')
print()
print([y for x in range(5) if (y := ext(x * 2)) > 3], y)
print((a := ext(1)) + (a := ext(a + 1)) + a)


def f(x):
    print(x, (z := ext(x)) + z)
    return (w := z * 2) and w


print(f(q := ext(3)), q)
print([last := ext(i) for i in ext_list(3)], last)
(total := 0)
print(any((hit := ext(v)) > 2 for v in [1, 2, 3, 4]), hit)
total
