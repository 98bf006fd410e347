values = [ext(1), ext(2.5), ext('s'), ext(True), ext(None), ext([1]), ext((1,)), ext({'a': 1}), ext(b'x'), ext(3 + 2j)]
for v in values:
    print(type(v).__name__, repr(v))
for op in ['+', '*', '<', '-']:
    row = []
    for v in values:
        try:
            if op == '+':
                r = v + ext(1)
            elif op == '*':
                r = v * ext(2)
            elif op == '<':
                r = v < ext(3)
            else:
                r = -v
            row.append(repr(r))
        except TypeError as e:
            row.append(str(e))
    print(op, row)
