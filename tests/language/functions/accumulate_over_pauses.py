def collect(n, into=None):
    into = [] if into is None else into
    a, b, c = 1, 'two', [3.0]
    for i in range(n):
        a += i
        b = b + ext_str(i)
        c.append(ext(a))
        into.append({'a': a, 'b': b, 'c': c})
    return into


rows = collect(4)
for row in rows:
    print(row)
print(rows[0]['c'] is rows[-1]['c'])
print(len(collect(2, rows)), rows is collect(0, rows))
