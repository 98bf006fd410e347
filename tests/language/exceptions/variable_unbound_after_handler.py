e = 'outer'
try:
    ext_fail('ValueError', 'x')
except ValueError as e:
    print(e, ext(1))
try:
    e
except NameError as err:
    print(err)


def f():
    try:
        ext_fail('KeyError', 'k')
    except KeyError as err:
        kept = err
        ext_none()
    try:
        err
    except UnboundLocalError as u:
        print(type(u).__name__)
    return kept.args


print(f())


def g():
    for i in range(3):
        try:
            ext_fail('ValueError', str(i))
        except ValueError as x:
            ext_none()
            if i == 1:
                continue
            x = ext('rebound')
        try:
            x
        except NameError as n:
            print('gone')


g()
try:
    ext_fail('ValueError', 'y')
except ValueError as z:
    del z
    ext_none()
print('ok')
