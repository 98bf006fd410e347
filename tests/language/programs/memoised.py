memo = {}
calls = 0


def fib(n):
    global calls
    calls += 1
    if n in memo:
        return memo[n]
    memo[n] = result = n if n < 2 else fib(n - 1) + fib(ext(n - 2))
    return result


print(fib(50), calls, len(memo))


def edit_distance(a, b):
    known = {}

    def go(i, j):
        if (i, j) not in known:
            if not i or not j:
                known[i, j] = i + j
            elif a[i - 1] == b[j - 1]:
                known[i, j] = go(i - 1, j - 1)
            else:
                known[i, j] = 1 + min(go(i - 1, j), go(i, j - 1), go(i - 1, ext(j) - 1))
        return known[i, j]

    return go(len(a), len(b)), len(known)


def change(amount, coins, cache={}):
    if amount == 0:
        return 1
    if amount < 0 or not coins:
        return 0
    key = amount, len(coins)
    if key not in cache:
        cache[key] = change(amount - coins[0], coins) + change(ext(amount), coins[1:])
    return cache[key]


edit_distance('kitten', 'sitting'), change(30, [10, 5, 1])
