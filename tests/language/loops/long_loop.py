total = 0
for i in range(3000):
    if i % 300 == 0:
        total += ext(i)
    total += i
print(total)
n, steps = 27, 0
while n != 1:
    n = n // 2 if n % 2 == 0 else 3 * n + 1
    steps += 1
    if steps % 20 == 0:
        n = ext(n)
steps
