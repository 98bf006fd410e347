class Base:
    def __init__(self, name):
        self.name = ext(name)

    def describe(self):
        return f'{self.label()} {self.name}'

    def label(self):
        return ext('base')


class Child(Base):
    def __init__(self, name, extra):
        super().__init__(name)
        self.extra = ext(extra)

    def label(self):
        return 'child of ' + super().label()


class Other(Base):
    def label(self):
        return ext('other') + super().label()


class Both(Child, Other):
    def label(self):
        ext_none()
        return 'both ' + super().label()


for cls in (Base, Other):
    print(cls('x').describe())
c = Child('c', [1])
ext_none()
print(c.describe(), c.extra, isinstance(c, Base), issubclass(Both, Other))
Both('b', 2).describe()
