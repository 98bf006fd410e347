# type(x) asks nothing of x, also where making a class of parts could stop.
class Named:
    def __set_name__(self, owner, name):
        print('named', ext(name))


class Items:
    part = Named()

    def __iter__(self):
        yield ext(1)
        yield ext(2)


items = Items()
print(type(items), list(items), [type(each).__name__ for each in (items, 1)])
made = type('Made', (Items,), {'other': Named()})
print(made, type(made()), type(*[items]), list(made()))
[type(items) is Items, ext(type(items).__name__)]
