def fact(n):
    return 1 if n == 0 else ext(n) * fact(n - 1)


def depth(n):
    if n == 0:
        return [ext(0)]
    below = depth(n - 1)
    below.append(ext(n))
    return below


def fib(n):
    if n < 2:
        return ext(n)
    return fib(n - 1) + fib(n - 2)


def hanoi(n, a, b, c, moves):
    if n:
        hanoi(n - 1, a, c, b, moves)
        moves.append(ext(a + c))
        hanoi(n - 1, b, a, c, moves)
    return moves


print(fact(10), depth(8), fib(8))
hanoi(3, 'A', 'B', 'C', [])
