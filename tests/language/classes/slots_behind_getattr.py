# An instance without a namespace whose class answers for every name that is missing lives through a pause.


class Proxy:
    __slots__ = ('target', 'asked')

    def __init__(self, target):
        self.target = target
        self.asked = []

    def __getattr__(self, name):
        self.asked.append(name)
        return getattr(self.target, name)


class Counting(Proxy):
    """With a namespace again, beside the slots."""


class Unset:
    __slots__ = ('value',)

    def __getattr__(self, name):
        return 42


plain, counting, unset = Proxy([3, 1]), Counting({'a': 1}), Unset()
counting.extra = ext(5)
plain.append(ext(2))
ext_none()
print(plain.asked, plain.target)
print(counting.extra, sorted(counting.keys()), counting.asked, vars(counting))
print(unset.value, unset.other)
unset.value = ext('set')
print(ext(unset.value), unset.other)
plain.count(2), counting.get('a')
