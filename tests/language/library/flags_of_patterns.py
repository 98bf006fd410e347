# Flags of re are members of an enumeration: shown by name, combined, asked for, kept over pauses.
import re
from re import DOTALL, I, RegexFlag

print(re.IGNORECASE, repr(re.I | re.M), f'{DOTALL}', '%s' % re.A, re.NOFLAG)
print(I.name, I.value, I == 2, I | 8, int(I), re.RegexFlag['S'], I | (1 << 20), isinstance(I, RegexFlag))
print(re.compile('x', I).flags & I, re.compile('a', re.X), I in (I | re.S), I & ~I)
flags = 0
for name in ['IGNORECASE', 'DOTALL']:
    flags |= getattr(re, ext(name))
print(flags, re.findall('a.b', 'A\nB', flags))


def found(pattern, text, flags=re.I | re.S):
    kept = flags
    ext(1)
    return re.match(pattern, text, kept), kept, kept is flags


print(found('a.b', 'A\nB'))
