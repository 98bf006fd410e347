class Bag:
    def __init__(self):
        self.items = {}

    def __getitem__(self, key):
        return ext(self.items[ext(key)])

    def __setitem__(self, key, value):
        self.items[key] = ext(value)

    def __delitem__(self, key):
        ext_none()
        del self.items[key]

    def __len__(self):
        return ext(len(self.items))

    def __contains__(self, key):
        return ext(key) in self.items

    def __iter__(self):
        return iter(ext(sorted(self.items)))

    def __call__(self, *args):
        return ext_kw(*args)


b = Bag()
b['x'] = 1
b['y'] = b['x'] + ext(1)
b['x'] += 10
print(b['x'], len(b), 'x' in b, 'z' in b, [k for k in b], b(1, 2), bool(b))
del b['x']
try:
    b['x']
except KeyError as e:
    print(e)
(first,) = b
first
