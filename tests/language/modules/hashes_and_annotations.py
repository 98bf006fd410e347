import binascii
import hashlib
import hmac
import html
import keyword
import types
import typing
import unicodedata
import uuid
import zlib
from typing import List, Optional, Dict, Any, Union, TypeVar, cast

T = TypeVar('T')


def f(x: Optional[List[int]] = None, y: 'Dict[str, Any]' = None) -> Union[int, str]:
    return cast(int, x)


ext(f(3))
s = hashlib.sha256(b'abc')
s.update(b'def')
ext(5)
s.update(b'g')
print(
    s.hexdigest(),
    s.name,
    s.digest_size,
    hashlib.md5(b'x').hexdigest(),
    hashlib.new('sha1', b'y').hexdigest(),
    hashlib.shake_128(b'z').hexdigest(5),
)
k = hmac.new(b'key', b'msg', hashlib.sha256)
ext(6)
k.update(b'!')
print(
    k.hexdigest(),
    hmac.new(b'key', b'msg', 'sha1').hexdigest(),
    hmac.compare_digest('a', 'a'),
    hmac.digest(b'k', b'm', 'sha256').hex(),
)
u = uuid.uuid5(uuid.NAMESPACE_DNS, 'python.org')
ext(7)
print(
    u,
    u.hex,
    u.version,
    str(uuid.UUID('12345678123456781234567812345678')),
    isinstance(u, uuid.UUID),
    len(str(uuid.uuid4())),
    uuid.uuid4().version,
    u == uuid.UUID(str(u)),
)
print(
    html.escape('<a href="x">'),
    html.unescape('&lt;&eacute;'),
    keyword.iskeyword('for'),
    unicodedata.name('a'),
    unicodedata.normalize('NFD', '\u00e9') == 'e\u0301',
    binascii.hexlify(b'ab'),
    binascii.crc32(b'abc'),
    zlib.decompress(zlib.compress(b'hello' * 10)),
    zlib.crc32(b'a'),
)
try:
    zlib.decompress(b'bad')
except zlib.error as e:
    print(type(e).__name__, e)
try:
    binascii.unhexlify('zz')
except binascii.Error as e:
    print(type(e).__name__, e)
print(isinstance([], typing.List), isinstance(f, types.FunctionType), typing.TYPE_CHECKING)

keyed = hashlib.blake2b(b'abc', digest_size=16, key=b'k', salt=b's', person=b'p')
keyed.update(ext_str('def').encode())
ext(1)
keyed.update(b'ghi')
print(keyed.hexdigest(), keyed.copy().digest_size, hashlib.blake2s(digest_size=4, last_node=True).hexdigest(), keyed.name)
for wrong in ({'digest_size': 65}, {'size': 1}, {'key': 'text'}, {'salt': b'x' * 17}, {'fanout': -1}):
    try:
        hashlib.blake2b(b'', **wrong)
    except (TypeError, ValueError, OverflowError) as error:
        print(wrong, type(error).__name__)
