def down(n):
    return down(n + 1)


ext_none()
try:
    down(0)
except RecursionError as e:
    print(type(e).__name__)
ext_none()


def deep(n):
    return ext('bottom') if n == 0 else deep(n - 1)


deep(100)
