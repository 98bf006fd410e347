print(ext(' a,b ').strip().split(ext(','))[ext(1)].upper())
print(ext('x').join(ext_str(i) for i in ext_list(4)))
out = []
out.append(ext(1))
out.extend([ext(2), ext(3)])
out.insert(ext(0), ext(0))
print(out, out.index(ext(2)), out.pop(ext(1)))
d = {}
d.setdefault(ext('a'), []).append(ext(1))
d.setdefault(ext('a'), []).append(ext(2))
d.update(ext({'b': 3}), c=ext(4))
print(d, d.get(ext('zz'), ext('none')), d.pop(ext('b')))
m = out.append
m(ext(9))
print(out)
up = 'abc'.upper
ext_none()
up()
