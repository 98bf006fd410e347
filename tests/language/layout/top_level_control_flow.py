results = []
for i in ext_list(3):
    for j in range(2):
        try:
            if ext(i + j) == 2:
                raise ValueError(ext(i), j)
            if i + j == 1:
                continue
            results.append(ext((i, j)))
        except ValueError as e:
            results.append(e.args)
            if ext(i) == 2:
                break
        else:
            results.append('else')
        finally:
            results.append(ext('f'))
    else:
        results.append(('row', ext(i)))
        continue
    results.append(('broken', ext(i)))
total = 0
n = 3
while n:
    n -= 1
    if ext(n) == 1:
        total += 100

        def show():
            return n, total, ext(i)

        print(show())
    total += ext(n)
else:
    print('else', show())
results, total, i, j
