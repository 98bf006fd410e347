def greet(name, times):
    return ext(name) * times


print(greet('a', 2))
greet('a')
