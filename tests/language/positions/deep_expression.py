x = ext(1) + (ext(2) * (ext(3) - (ext(4) // (ext(5) % (ext(6) or ext(7)) or ext(8)))))
print(x)
y = [{'k': (lambda v: [ext(v), {ext('a'): ext_add(v, 1)}])(ext(3))}][ext(0)]['k'][1]['a']
print(y)
z = ext_kw(*[ext(i) for i in (ext_list(2) if ext_true() else [])], **{k: ext(v) for k, v in ext({'p': 1}).items()})
print(z)
w = f'{ext_add(*[ext(a) for a in (1, 2)]):>{max(ext(3), len(ext_str(12345)))}}'
print(w)
v = (ext(1) if ext_false() else ext(2)) < ext(3) and not (ext(0) or ext_none()) and [ext(9)] or ext('no')
print(v)
u = {ext(1): ext(2), **{ext(3): ext(4)}}[ext(3)] + [*ext([5]), 6][-ext(1)] + sum({ext(7), ext(7)})
print(u)
t = (lambda *a, **k: (a, k))(ext(1), *ext([2]), x=ext(3), **ext({'y': 4}))[ext(1)]['y']
t
