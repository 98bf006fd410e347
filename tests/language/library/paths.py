# pathlib, glob, shutil and tempfile on the files of a run.
import fnmatch
import glob
import os
import shutil
import tempfile
from pathlib import Path, PurePath, PurePosixPath

p = PurePosixPath('/usr/./lib//python3.11/site.tar.gz')
print(p, p.parts, p.name, p.stem, p.suffix, p.suffixes, p.parent, p.anchor, [str(x) for x in p.parents])
print(p.with_suffix('.zip'), p.with_name('x'), p.with_stem('y'), p.relative_to('/usr'), p.is_relative_to('/lib'), p.match('*.gz'), p.match('lib/*/*'))
print(PurePath('a') / 'b' / '/c' / 'd', 'x' / PurePath('y'), PurePath('a', 'b') == PurePath('a/b'), PurePath() , repr(PurePosixPath('~/x')))
print(sorted([PurePosixPath('b'), PurePosixPath('a/b'), PurePosixPath('a')]), hash(PurePosixPath('a')) == hash(PurePosixPath('a/')), PurePosixPath('/').name, PurePosixPath('.hidden').suffix)
for bad in (lambda: p.relative_to('/opt'), lambda: p.with_suffix('gz'), lambda: PurePosixPath('/').with_name('a'), lambda: PurePath(1)):
    try:
        bad()
    except (ValueError, TypeError) as error:
        print(type(error).__name__)
print(p.as_uri(), PurePath('a b').as_posix(), os.fspath(PurePath('q')), len(p.parents), p.parents[1], p.parents[-1])

root = Path(tempfile.mkdtemp())
ext(1)
print(root.is_dir(), root.exists(), (root / 'none').exists(), list(root.iterdir()))
data = root / 'data'
(data / 'deep').mkdir(parents=True)
print((data / 'a.txt').write_text('one\ntwo\n'), (data / 'deep' / 'b.txt').write_bytes(b'xyz'), (data / 'c.csv').write_text('1,2'))
print((data / 'a.txt').read_text(), (data / 'deep/b.txt').read_bytes(), (data / 'a.txt').stat().st_size)
print([x.relative_to(root).as_posix() for x in sorted(data.rglob('*.txt'))], [x.name for x in data.glob('*.csv')], [x.name for x in sorted(data.glob('*/'))][-1])
with (data / 'a.txt').open('a') as file:
    file.write('three\n')
with open(data / 'a.txt') as file:
    print(file.readlines())
ext(2)
print(sorted(os.path.basename(x) for x in glob.glob(str(data) + '/*')), [os.path.basename(x) for x in glob.glob('**/*.txt', root_dir=data, recursive=True)])
try:
    data.mkdir()
except FileExistsError as error:
    print('exists')
data.mkdir(exist_ok=True)
print((data / 'c.csv').rename(data / 'd.csv').name, (data / 'c.csv').exists())
(data / 'd.csv').unlink()
(data / 'd.csv').unlink(missing_ok=True)
try:
    (data / 'd.csv').read_text()
except FileNotFoundError as error:
    print('gone')
shutil.copytree(data, root / 'copy', ignore=shutil.ignore_patterns('b*'))
print(sorted(x.relative_to(root).as_posix() for x in (root / 'copy').rglob('*')))
shutil.copy(data / 'a.txt', root / 'copy' / 'z.txt')
shutil.move(str(root / 'copy' / 'z.txt'), str(root / 'moved.txt'))
print((root / 'moved.txt').read_text() == (data / 'a.txt').read_text())
shutil.rmtree(root / 'copy')
print(sorted(x.name for x in root.iterdir()))
print((root / 'data/../data/./deep').resolve() == (data / 'deep').resolve(), Path('x').is_absolute(), Path('x').absolute().is_absolute())
with tempfile.TemporaryDirectory() as name:
    (Path(name) / 'f').touch()
    print(os.listdir(name))
print(os.path.exists(name), fnmatch.filter(['a.py', 'b.txt'], '*.py'), glob.escape('a[1]'), glob.has_magic('a*'))
with tempfile.NamedTemporaryFile('w+', suffix='.txt') as file:
    file.write('temp')
    file.seek(0)
    print(file.read(), os.path.exists(file.name), file.name.endswith('.txt'))
print(os.path.exists(file.name), type(root).__name__, isinstance(root, PurePath), isinstance(root, os.PathLike) if hasattr(os, 'PathLike') else True)
shutil.rmtree(root)
