# The methods of a `string.Formatter` may stop.
import string
from string import Formatter


class Fetching(string.Formatter):
    def get_value(self, key, args, kwargs):
        if isinstance(key, str) and key not in kwargs:
            return ext(key.upper())
        return super().get_value(key, args, kwargs)

    def format_field(self, value, format_spec):
        return ext(super().format_field(value, format_spec))

    def convert_field(self, value, conversion):
        if conversion == 'u':
            return ext_str(value).upper()
        return super().convert_field(value, conversion)

    def check_unused_args(self, used_args, args, kwargs):
        print(ext(sorted(used_args, key=str)))


class Fields(Formatter):
    def get_field(self, field_name, args, kwargs):
        return ext_add(field_name, '!'), field_name


fetching = Fetching()
print(fetching.format('{name} has {0:>4} and {kept!r}, {0!u:{width}}', 12, kept='k', width=5))
print(fetching.vformat('{a}{a}', (), {}), Fields().format('<{x.y[0]}> {z:>5}'))
print('{} {name}'.format(ext(1), name=ext('n')), string.Formatter().format('{0} {a}', ext(2), a=3), 'a {}'.format(4))
try:
    print(Formatter().format('{missing}', ext(1)))
except KeyError as error:
    print(error)


class Failing(Formatter):
    def get_value(self, key, args, kwargs):
        ext_fail('LookupError', 'none')


try:
    Failing().format('{0}', 1)
except LookupError as error:
    print(error)
