# gzip, bz2 and lzma in one go.
import bz2
import gzip
import lzma

data = b'hello world ' * 1000
for module in (gzip, bz2, lzma):
    packed = module.compress(data)
    ext(module.__name__ if hasattr(module, '__name__') and False else 1)
    print(len(packed) < len(data), module.decompress(packed) == data, module.decompress(packed + packed) == data * 2, module.decompress(module.compress(b'')))
    for bad in (b'not packed', packed[:-5]):
        try:
            module.decompress(bad)
        except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
            print(type(error).__name__, str(error)[:20] if bad != b'not packed' else '-')
print(gzip.compress(b'x', mtime=0)[:4], gzip.decompress(gzip.compress(b'x', 1, mtime=5)), bz2.decompress(bz2.compress(b'y', 1)), lzma.decompress(lzma.compress(b'z', preset=1)))
try:
    gzip.decompress(b'zz')
except gzip.BadGzipFile as error:
    kept = error
    ext(2)
    print(kept)
