import sys
import time

print(time.sleep(0), ext('slept'))
start = time.time()
mono = time.monotonic()
ext_none()
print(time.time() >= start, time.monotonic() >= mono, type(start).__name__, start > 1_600_000_000)
print(type(sys.version).__name__, sys.version_info[0], sys.version_info >= (3, 8), sys.maxsize > 2**31)
for i in range(2):
    time.sleep(0)
    print(i, ext(i))


def f():
    try:
        return time.sleep(0) or ext(1)
    finally:
        time.sleep(0)
        print('finally')


f()
