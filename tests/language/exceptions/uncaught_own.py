def check(n):
    if ext(n) > 2:
        raise ValueError(f'too big: {n}', ext([n]))
    return n


total = 0
for i in range(5):
    total += check(i)
    print(total)
