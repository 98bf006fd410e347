def make():
    fs = []
    for i in range(3):
        ext_none()

        def f(k=i):
            return ext((i, k))

        fs.append(f)
        fs.append(lambda: ext(i * 10))
    i = 'changed'
    try:
        return [g() for g in fs]
    except TypeError as e:
        return str(e)


print(make())
top = []
for j in range(3):
    top.append(lambda: ext(j))
print([g() for g in top])
j = 7
print([g() for g in top])
print([g() for g in [lambda: ext(k) for k in range(3)]])
[g() for g in [lambda k=k: ext(k) for k in range(3)]]
