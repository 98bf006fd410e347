def counter(start):
    n = start

    def inc(by=1):
        nonlocal n
        n += ext(by)
        return n

    def get():
        return ext(n)

    def reset():
        nonlocal n
        n = start

    return inc, get, reset


a, get_a, reset_a = counter(0)
b, get_b, _ = counter(100)
print(a(), a(), b(), a(5), b(2), get_a(), get_b())
reset_a()
print(get_a(), a(), get_b())
