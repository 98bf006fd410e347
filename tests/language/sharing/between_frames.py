def level1(data):
    mine = data['xs']
    r = level2(data, mine)
    mine.append(('level1', ext(r)))
    return mine is data['xs']


def level2(data, xs):
    xs.append('level2')
    data['seen'] = xs
    r = level3(xs, data)
    ext_none()
    return r and xs is data['seen']


def level3(*args, **kw):
    xs, data = args
    ext_none()
    xs.append(ext('level3'))
    data['xs2'] = [xs, xs]
    ext_none()
    return args[0] is data['xs'] is data['xs2'][1]


data = {'xs': []}
print(level1(data), data['xs2'][0] is data['xs'], data['seen'] is data['xs'])
print(data['xs'])
e = ValueError(data)
ext_none()
e.args[0] is data
