def f():
    try:
        x = ext(1)
        try:
            [][x]
        finally:
            print('inner', ext(2))
    finally:
        print('outer', ext(3))


try:
    f()
except KeyError:
    print('never')
finally:
    print('main', ext(4))
print('never')
