def kinds(x):
    return ext(x) and (ValueError, KeyError)


try:
    ext_fail('KeyError', 'k')
except kinds(1) as e:
    print('caught', e)
box = []
try:
    try:
        ext_fail('OSError', 'o')
    except kinds(1):
        print('never')
    except box.append(ext('tested')) or OSError:
        print('caught', box)
finally:
    print('end', ext(1))


def f():
    try:
        return [ext(i) for i in range(2)]
    except ValueError:
        return 'never'
    finally:
        for i in ext_list(2):
            print('finally', ext(i))


print(f())
try:
    pass
except ValueError:
    ext_fail('OSError', 'never')
else:
    print('else', [ext(x) for x in 'ab'])
finally:
    if ext_true():
        print('finally', ext(2))
