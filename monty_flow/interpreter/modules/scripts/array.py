"""Arrays of numbers of one type, kept in a list: what they hold is checked and cut to size as C does."""

import struct

__all__ = ['ArrayType', 'array', 'typecodes']

typecodes = 'bBuhHiIlLqQfd'
_SIZES = {'b': 1, 'B': 1, 'u': 4, 'h': 2, 'H': 2, 'i': 4, 'I': 4, 'l': 8, 'L': 8, 'q': 8, 'Q': 8, 'f': 4, 'd': 8}
#: The format of `struct` for each code, with the sizes that C has on the machines of today.
_FORMATS = {
    'b': '<b', 'B': '<B', 'h': '<h', 'H': '<H', 'i': '<i', 'I': '<I', 'l': '<q', 'L': '<Q', 'q': '<q', 'Q': '<Q', 'f': '<f', 'd': '<d',
}
_NAMES = {
    'b': 'signed char', 'B': 'unsigned byte integer', 'h': 'signed short', 'H': 'unsigned short', 'i': 'signed int',
    'I': 'unsigned int', 'l': 'signed long', 'L': 'unsigned long', 'q': 'signed long long', 'Q': 'unsigned long long',
}
_LEAST = {'b': -(1 << 7), 'h': -(1 << 15), 'i': -(1 << 31), 'l': -(1 << 63), 'q': -(1 << 63)}
_MOST = {
    'b': (1 << 7) - 1, 'B': (1 << 8) - 1, 'h': (1 << 15) - 1, 'H': (1 << 16) - 1, 'i': (1 << 31) - 1, 'I': (1 << 32) - 1,
    'l': (1 << 63) - 1, 'L': (1 << 64) - 1, 'q': (1 << 63) - 1, 'Q': (1 << 64) - 1,
}


def _converted(code, value):
    if code == 'd':
        if isinstance(value, (str, bytes)):
            raise TypeError('must be real number, not ' + type(value).__name__)
        return float(value)
    if code == 'f':
        if isinstance(value, (str, bytes)):
            raise TypeError('must be real number, not ' + type(value).__name__)
        return struct.unpack('<f', struct.pack('<f', float(value)))[0]
    if code == 'u':
        if not isinstance(value, str):
            raise TypeError('array item must be a unicode character, not ' + type(value).__name__)
        if len(value) != 1:
            raise TypeError(f'array item must be a string of length 1, not a string of length {len(value)}')
        return value
    if isinstance(value, float):
        raise TypeError("'float' object cannot be interpreted as an integer")
    if not isinstance(value, int):
        if not hasattr(value, '__index__'):
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
        value = value.__index__()
    if value < _LEAST.get(code, 0):
        raise OverflowError(f'{_NAMES[code]} is less than minimum')
    if value > _MOST[code]:
        raise OverflowError(f'{_NAMES[code]} is greater than maximum')
    return int(value)


class array:
    """An array of numbers of one type."""

    def __init__(self, typecode, initializer=(), /):
        if not isinstance(typecode, str) or len(typecode) != 1:
            raise TypeError('array() argument 1 must be a unicode character, not ' + type(typecode).__name__)
        if typecode not in _SIZES:
            raise ValueError('bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)')
        if isinstance(initializer, str) and typecode != 'u':
            raise TypeError(f"cannot use a str to initialize an array with typecode '{typecode}'")
        self._code = typecode
        self._items = []
        if isinstance(initializer, (bytes, bytearray)):
            self.frombytes(initializer)
        else:
            self.extend(initializer)

    @property
    def typecode(self):
        return self._code

    @property
    def itemsize(self):
        return _SIZES[self._code]

    def _made(self, items):
        made = array(self._code)
        made._items = items
        return made

    def append(self, value, /):
        self._items.append(_converted(self._code, value))

    def extend(self, values, /):
        if isinstance(values, array):
            if values._code != self._code:
                raise TypeError('can only extend with array of same kind')
            self._items.extend(values._items)
            return
        code = self._code
        for value in values:
            self._items.append(_converted(code, value))

    def fromlist(self, values, /):
        if not isinstance(values, list):
            raise TypeError('arg must be list')
        code = self._code
        self._items.extend([_converted(code, value) for value in values])

    def fromunicode(self, text, /):
        if self._code != 'u':
            raise ValueError('fromunicode() may only be called on unicode type arrays')
        self._items.extend(text)

    def tounicode(self):
        if self._code != 'u':
            raise ValueError('tounicode() may only be called on unicode type arrays')
        return ''.join(self._items)

    def frombytes(self, data, /):
        size = self.itemsize
        if len(data) % size:
            raise ValueError('bytes length not a multiple of item size')
        if self._code == 'u':
            self._items.extend(bytes(data).decode('utf-32-le'))
            return
        letter = _FORMATS[self._code][1]
        self._items.extend(struct.unpack(f'<{len(data) // size}{letter}', bytes(data)))

    def tobytes(self):
        if self._code == 'u':
            return ''.join(self._items).encode('utf-32-le')
        return struct.pack(f'<{len(self._items)}{_FORMATS[self._code][1]}', *self._items)

    def tolist(self):
        return list(self._items)

    def byteswap(self):
        size = self.itemsize
        data = self.tobytes()
        swapped = b''.join([data[at : at + size][::-1] for at in range(0, len(data), size)])
        self._items = []
        self.frombytes(swapped)

    def buffer_info(self):
        return (0, len(self._items))

    def count(self, value, /):
        return self._items.count(value)

    def index(self, value, /, *bounds):
        try:
            return self._items.index(value, *bounds)
        except ValueError:
            raise ValueError('array.index(x): x not in array') from None

    def insert(self, place, value, /):
        self._items.insert(place, _converted(self._code, value))

    def pop(self, place=-1, /):
        if not self._items:
            raise IndexError('pop from empty array')
        try:
            return self._items.pop(place)
        except IndexError:
            raise IndexError('pop index out of range') from None

    def remove(self, value, /):
        try:
            self._items.remove(value)
        except ValueError:
            raise ValueError('array.remove(x): x not in array') from None

    def reverse(self):
        self._items.reverse()

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)

    def __contains__(self, value):
        return value in self._items

    def __getitem__(self, place):
        if isinstance(place, slice):
            return self._made(self._items[place])
        try:
            return self._items[place]
        except IndexError:
            raise IndexError('array index out of range') from None
        except TypeError:
            raise TypeError('array indices must be integers') from None

    def __setitem__(self, place, value):
        if isinstance(place, slice):
            if not isinstance(value, array):
                raise TypeError(f'can only assign array (not "{type(value).__name__}") to array slice')
            if value._code != self._code:
                raise TypeError('bad argument type for built-in operation')
            self._items[place] = value._items
            return
        value = _converted(self._code, value)
        try:
            self._items[place] = value
        except IndexError:
            raise IndexError('array assignment index out of range') from None

    def __delitem__(self, place):
        try:
            del self._items[place]
        except IndexError:
            raise IndexError('array assignment index out of range') from None

    def __add__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only append array (not "{type(other).__name__}") to array')
        if other._code != self._code:
            raise TypeError('bad argument type for built-in operation')
        return self._made(self._items + other._items)

    def __iadd__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only extend with array (not "{type(other).__name__}")')
        self.extend(other)
        return self

    def __mul__(self, times):
        if not isinstance(times, int):
            return NotImplemented
        return self._made(self._items * times)

    __rmul__ = __mul__

    def __imul__(self, times):
        if not isinstance(times, int):
            return NotImplemented
        self._items = self._items * times
        return self

    def __eq__(self, other):
        return self._items == other._items if isinstance(other, array) else NotImplemented

    def __lt__(self, other):
        return self._items < other._items if isinstance(other, array) else NotImplemented

    def __le__(self, other):
        return self._items <= other._items if isinstance(other, array) else NotImplemented

    def __gt__(self, other):
        return self._items > other._items if isinstance(other, array) else NotImplemented

    def __ge__(self, other):
        return self._items >= other._items if isinstance(other, array) else NotImplemented

    __hash__ = None

    def __copy__(self):
        return self._made(list(self._items))

    def __deepcopy__(self, memo):
        return self._made(list(self._items))

    def __class_getitem__(cls, item):
        return cls

    def __repr__(self):
        if not self._items:
            return f"array('{self._code}')"
        if self._code == 'u':
            return f"array('u', {''.join(self._items)!r})"
        return f"array('{self._code}', {self._items!r})"


ArrayType = array
