# Sequences so many times that CPython does not try: an error that a script catches.
import sys

for sequence in ([1], (1, 2), bytearray(b'abc'), b'abc', 'abc'):
    for is_in_place in (ext_false(), ext_true()):
        try:
            if is_in_place:
                sequence *= sys.maxsize
            else:
                sequence * sys.maxsize
        except (MemoryError, OverflowError) as error:
            print(type(sequence).__name__, type(error).__name__)
