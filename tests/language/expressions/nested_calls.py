def f(x, y=0):
    return ext(x) + y


print(f(f(f(1, f(2)), f(3)), f(f(4))))
print(ext(ext(ext(ext(1)))))
print(ext_add(ext_add(1, ext(2)), ext_add(ext(3), f(4))))
print(len(ext_list(len(ext_list(ext(3))))))
print(max(ext(1), f(5), ext_add(1, 1)), min([ext(3), ext(2)]), sum([ext(i) for i in range(4)]))
print(str(ext(1)) + repr(ext('q')) + ext_str(abs(ext(-3))))
print([f, max][ext(1)](ext(3), ext(8)))
{'k': f}[ext('k')](ext(1), y=ext(2))
