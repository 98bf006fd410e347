d = ext({'a': 1, 'b': 2})
d['c'] = ext(3)
print(d, len(d), list(d), list(d.keys()), list(d.values()), list(d.items()), 'a' in d, d.get('z'), d.get('z', ext(0)))
print(d.setdefault('e', []), d.setdefault('a', 9), d.pop('e'), d.pop('zz', ext('none')), d.popitem(), d)
d.update({'a': ext(10)}, x=1)
d.update([('y', ext(2))])
print(
    d, d | {'a': 0}, d.copy() == d, d.copy() is d, dict(d, q=1), dict(zip('ab', [1, 2])), dict.fromkeys(['m', 'n'], 0)
)
d |= ext({'p': 5})
print(d, {**d, 'a': 'last'}, d == dict(reversed(list(d.items()))), list(reversed(d)))
keys = d.keys()
ext_none()
d['new'] = ext(1)
print(
    list(keys), 'new' in keys, len(keys), sorted(keys & {'a', 'new', 'q'}), sorted(keys - {'a'}), ('a', 10) in d.items()
)
del d['new']
print(
    list(keys), {v: k for k, v in d.items()}, max(d, key=d.get), sorted(d, key=lambda k: ext(d[k]))[:2], sum(d.values())
)
d.clear()
print(d, keys, bool(d))
nested = {}
for word in ['ab', 'ac', 'b']:
    nested.setdefault(word[0], {}).setdefault(len(word), []).append(ext(word))
print(nested)
{1: 'a', 1.0: 'b', True: 'c'}, {(1, 2): 3}[1, 2], {None: 1}[None], {frozenset([1]): 'f'}[frozenset([1])]
