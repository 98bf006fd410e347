import sys

print()
print('a', 1, None, [1, 'x'], sep='-')
print('no newline', end='')
print(' then', end=' end\n')
print(*range(3), sep=', ')
print('to stderr', ext(1), file=sys.stderr)
print('tab\tquote\'"é☃', sep='x')
print(sep='x')
print('', '', sep='|')
print('multi\nline')
print('flush', flush=True)
print(ext('x'), end=ext(''))
print(None, end='\n\n')
print([print('nested', ext(1))])
try:
    print('a', sep=ext(5))
except TypeError as e:
    print(type(e).__name__)
print(print('x'), print) if False else print('last')
