import os

log = []
os.makedirs('a/b/c')
os.mkdir('a/d')
for name in ('a/1.txt', 'a/b/2.txt', 'a/b/c/3.txt'):
    with open(name, 'w') as f:
        f.write(name)
for path, dirs, files in os.walk('a'):
    ext(path)
    dirs.sort()
    if 'c' in dirs:
        dirs.remove('c')
    log.append((path, list(dirs), sorted(files)))
log.append([(path, sorted(dirs), sorted(files)) for path, dirs, files in os.walk('a', topdown=False)][-1])
entries = os.scandir('a')
seen = []
for entry in entries:
    ext('entry')
    seen.append((entry.name, entry.is_dir(), entry.is_file(), entry.path))
log.append(sorted(seen))
os.rename('a/1.txt', 'a/d/one.txt')
os.replace('a/b', 'a/moved')
log.append((os.path.exists('a/b'), os.path.isdir('a/moved/c'), os.listdir('a/d')))
try:
    os.rmdir('a/moved')
except OSError as error:
    log.append((type(error).__name__, error.errno))
os.environ['COLOUR'] = 'red'
ext('environment')
log.append(
    (os.environ['COLOUR'], os.getenv('COLOUR'), os.environ.get('NOT_THERE_AT_ALL', 'no'), 'COLOUR' in os.environ)
)
here = os.getcwd()
os.chdir('a')
log.append((os.path.abspath('x') == os.path.join(here, 'a', 'x'), os.path.isfile('d/one.txt')))
os.chdir(here)
for name in ('a/d/one.txt', 'a/moved/2.txt', 'a/moved/c/3.txt'):
    os.remove(name)
for name in ('a/d', 'a/moved/c', 'a/moved', 'a'):
    os.rmdir(name)
log
