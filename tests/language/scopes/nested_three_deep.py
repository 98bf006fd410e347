def outer(a):
    b = ext(a + 1)

    def middle(c):
        nonlocal b
        d = ext(c) + b

        def inner(e):
            nonlocal b, d
            b += 1
            d += ext(e)
            return (a, b, c, d, e)

        first = inner(1)
        b = b * ext(10)
        return first, inner(2), d

    result = middle(5)
    return result, b, middle(6), b


outer(1)
