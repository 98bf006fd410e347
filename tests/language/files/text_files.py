# Files are those of the run; CPython runs this in a directory of its own.
import os

log = []
with open('notes.txt', 'w') as f:
    f.write('one\n')
    ext('inside with')
    print('two', 'three', file=f)
    log.append((f.closed, f.name, f.mode))
log.append(f.closed)

for line in open('notes.txt'):
    ext(line)
    log.append(line)

f = open('notes.txt', 'a')
ext('before append')
f.write('four\n')
f.close()
with open('notes.txt') as f:
    log.append(f.readline())
    ext('between lines')
    log.append(f.read())
    f.seek(0)
    log.append(f.readlines())
    log.append(f.tell())

with open('data.bin', 'wb+') as f:
    f.write(b'\x00\x01\x02')
    ext('bytes')
    f.seek(1)
    log.append(f.read(1))
    f.seek(5)
    f.write(b'end')
log.append(open('data.bin', 'rb').read())
log.append(os.path.getsize('data.bin'))

for attempt in (
    lambda: open('missing.txt'),
    lambda: open('notes.txt', 'x'),
    lambda: open('notes.txt', 'q'),
    lambda: open('notes.txt').write('x'),
    lambda: open('.', 'r'),
):
    try:
        attempt()
    except (OSError, ValueError) as error:
        log.append((type(error).__name__, getattr(error, 'errno', None)))

os.remove('notes.txt')
os.remove('data.bin')
log.append('notes.txt' in os.listdir())
log
