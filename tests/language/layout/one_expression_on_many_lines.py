value = ext_add(
    ext(1),
    [
        ext(2),
        *(ext(n) for n in ext_list(3) if ext(n)),
    ][ext(0)],
) + (ext(10) if ext_true() else ext(20))
print(value, ext(value) + ext(1))


def f(a=ext(1), *b, c=ext(2)):
    return (a, b, ext(c) + ext(a))


text = f"""{ext(1)}
{ext(2)} and {ext(3)}
"""
print(text)
print(
    {
        ext('k'): ext('v'),
        'z': (lambda q: ext(q))(1),
    }
)
(f(), f(ext(5), *ext([6]), c=ext(7)))
