def make(n):
    def f():
        return n, ext(n)

    return f


fs = {i: make(i) for i in range(3)}
alias = fs[1]
ext_none()
print(alias is fs[1], alias() == fs[1](), [fs[k]() for k in fs])
pair = (fs[0], fs[0])
ext_none()
print(pair[0] is pair[1], pair[0] == fs[0], fs[0] == fs[1])
index = {fs[0]: 'zero', fs[1]: 'one'}
ext_none()
print(index[fs[0]], index[alias], len(index))
print(callable(alias), callable(ext(3)))
