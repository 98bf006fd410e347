# What is called may itself come from a call, a subscript, a condition or a walrus.
def make(n):
    ext_none()
    return lambda x=0: (n, ext(x))


table = {'a': make(1), 'b': [make(2), {'c': make(3)}]}
print(make(5)(ext(6)), table['a'](ext(1)), table[ext('b')][ext(0)](), table['b'][1]['c'](ext(2)))
print((make(7) if ext_true() else make(8))(ext(1)), (make(9) or ext)(3), (f := make(10))(f(ext(1))[0]))
print((lambda: make)()(ext(11))(ext(12)), [make, ext][ext(1)](13), (ext_false() or make)(14)(15))


def outer():
    def self_replacing():
        nonlocal self_replacing
        self_replacing = lambda: ext('replaced')
        return ext('original')

    return self_replacing(), self_replacing()


print(outer())
calls = [ext, ext_str, str, lambda v: ext(v) * 2, make]
for call in calls[:-1]:
    print(call(21))
try:
    make(1)(1, ext(2))
except TypeError as e:
    print(type(e).__name__)
try:
    table[ext('z')](ext('never'))
except KeyError as e:
    print(e)
(lambda *a: (lambda *b: a + b)(*ext([3])))(ext(1), 2)
