a = []
b = {'a': a}
a.append(b)
a.append(a)
t = (a, [b])
b['t'] = t
ext_none()
print(a[0] is b, a[1] is a, b['a'] is a, b['t'] is t, t[0] is a, t[1][0] is b, b['t'][0][1][0]['t'] is t)


def make():
    node = {'value': ext(1)}
    node['next'] = {'value': 2, 'prev': node}
    node['next']['next'] = node
    ext_none()
    return node


n = make()
for _ in range(5):
    print(n['value'])
    n = n['next']
    ext_none()
print(n['next']['next'] is n)
fs = []


def self_holding():
    return fs[0] is self_holding, len(fs)


fs.append(self_holding)
ext_none()
self_holding()
