import re

print(
    re.findall(r'\d+', ext('a1 b22 c333')),
    re.sub(r'\s+', ' ', 'a   b \n c'),
    re.split(r'[,;]', 'a,b;c'),
    re.sub('(a)(b)', r'\2\1', ext('abab')),
)
m = re.match(r'(\w+)@(?P<host>\w+)\.com', ext('user@example.com'))
ext_none()
print(m.group(), m.group(1), m.group('host'), m.groups(), m.groupdict(), m.start(), m.end(2), m.span())
print(
    re.search('x', 'abc'),
    bool(re.fullmatch('a+', 'aaa')),
    re.match('b', 'ab'),
    [x.group() for x in re.finditer('[a-c]', 'xaybz')],
)
p = re.compile(r'^(\w)(\w*)$', re.IGNORECASE | re.MULTILINE)
ext_none()
print(p.findall('ab\ncd'), p.pattern, p.sub(lambda m: m.group(2) + m.group(1).upper(), 'ab\ncd'))
print(
    re.sub(r'\d', lambda m: ext_str(int(m.group()) * 2), 'a1b5'),
    re.escape('a.b'),
    re.split('(-)', 'a-b'),
    re.sub('a', 'b', 'aaa', count=2),
    re.findall('(a)(b)?', 'ab a'),
)
for part in re.findall(r'"[^"]*"|\S+', 'say "hello world" now'):
    print(ext(part))
try:
    re.compile(ext('('))
except re.error as e:
    print(type(e).__name__ in ('error', 'PatternError'))
re.findall('é+', 'caféé')
