def sieve(n):
    flags = [True] * (n + 1)
    flags[0:2] = [False] * 2
    p = 2
    while p * p <= n:
        if ext(flags[p]):
            flags[p * p :: p] = [False] * len(range(p * p, n + 1, p))
        p += 1
    return [i for i, flag in enumerate(flags) if flag]


def factors(n):
    out, d = {}, 2
    while d * d <= n:
        while n % d == 0:
            out[d] = out.get(d, 0) + 1
            n //= ext(d)
        d += 1
    if n > 1:
        out[n] = out.get(n, 0) + 1
    return out


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


print(sieve(60))
print({n: factors(n) for n in (12, 97, 360, 1001)})
print([n for n in range(20) if is_prime(ext(n))])
perfect = [n for n in range(2, 500) if sum(d for d in range(1, n // 2 + 1) if n % d == 0) == n]
ext(perfect), next(p for p in range(100, 200) if is_prime(p) and ext(p) % 10 == 3)
