from collections import Counter, OrderedDict, defaultdict, deque

d = deque([1, 2, 3], maxlen=4)
ext(1)
d.append(5)
d.appendleft(0)
d.extendleft([9])
d.rotate(1)
print(d, d[0], len(d), 3 in d, d.maxlen, isinstance(d, deque), d * 2, d + d)
c = Counter('abracadabra')
ext(2)
print(
    c,
    c.most_common(2),
    c['zz'],
    sorted(c.elements()),
    c + Counter(a=1),
    c - Counter(a=1),
    c | c,
    c & Counter('ab'),
    c.total(),
)
c.subtract('aaa')
c.update({'q': 4})
print(c)
o = OrderedDict([('b', 1), ('a', 2)])
ext(3)
o.move_to_end('b')
print(o, o.popitem(last=False), o == {'b': 1})
dd = defaultdict(list)
ext(4)
dd['x'].append(1)
dd['y'].append(2)
print(dd, dict(dd), isinstance(dd, dict))
