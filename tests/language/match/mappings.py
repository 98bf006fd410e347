def f(x):
    match ext(x):
        case {'kind': 'point', 'at': [x, y]}:
            return ext(x), y
        case {'kind': ('circle' | 'disc') as k, **rest}:
            return k, ext(rest)
        case {'list': [{'id': i}, *_]}:
            return 'id', ext(i)
        case {}:
            return 'mapping'
        case _:
            return 'other'


for x in [
    {'kind': 'point', 'at': [1, 2]},
    {'kind': 'disc', 'r': 3},
    {'list': [{'id': 7}, 1]},
    {'z': 1},
    [],
    {'kind': 'point'},
]:
    print(f(x))
f({})
