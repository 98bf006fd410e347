a = [1]
b = a
c = [1]
ext_none()
print(a is b, a is c, a == c, a is not c)
print(1 in ext([1, 2]), ext(3) in {1, 2}, ext('b') in 'abc', ext('k') in {'k': 1}, ext(2) not in (1, 2))
print(ext_none() is None, ext(None) is not None, ext_true() is True, ext(1) == True)
print([] == ext([]), () == ext(()), {} == ext({}), ext([1, [2]]) == [1, [2]])
print((1, 2) < ext((1, 3)), [1] < ext([1, 0]), ext('a') < 'b', {1} < {1, 2}, {1, 2} <= {1, 2})
nan = float('nan')
print(nan == nan, nan in [nan], nan != ext(1.0))
a is b
