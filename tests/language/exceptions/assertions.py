assert ext_true(), ext('not evaluated')
try:
    assert ext_false(), ext('message')
except AssertionError as e:
    print(e, e.args)
try:
    assert ext(0)
except AssertionError as e:
    print(e.args)
try:
    assert ext(1) == ext(2), f'{ext(1)} is not {ext(2)}'
except AssertionError as e:
    print(e)
try:
    assert ext([]) or ext_none(), [ext(i) for i in range(2)]
except AssertionError as e:
    print(e.args)


def positive(n):
    assert n > 0, ('negative', ext(n))
    return n


positive(ext(1))
positive(ext(-1))
