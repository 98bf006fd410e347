def roman(n):
    out = ''
    for value, letters in [
        (1000, 'M'),
        (900, 'CM'),
        (500, 'D'),
        (400, 'CD'),
        (100, 'C'),
        (90, 'XC'),
        (50, 'L'),
        (40, 'XL'),
        (10, 'X'),
        (9, 'IX'),
        (5, 'V'),
        (4, 'IV'),
        (1, 'I'),
    ]:
        while n >= value:
            out += ext(letters)
            n -= value
    return out


def words(n):
    small = 'zero one two three four five six seven eight nine ten eleven twelve'.split()
    if n < len(small):
        return small[n]
    if n < 20:
        return {13: 'thir', 15: 'fif', 18: 'eigh'}.get(n, small[n % 10]) + 'teen'
    if n < 100:
        tens = 'twen thir for fif six seven eigh nine'.split()[n // 10 - 2] + 'ty'
        return tens + (f'-{words(ext(n % 10))}' if n % 10 else '')
    return f'{words(n // 100)} hundred' + (f' and {words(n % 100)}' if n % 100 else '')


def base(n, b):
    digits = '0123456789abcdefghijklmnopqrstuvwxyz'
    return ('-' if n < 0 else '') + (digits[abs(n)] if abs(n) < b else base(abs(n) // b, b) + digits[ext(abs(n) % b)])


for n in (4, 14, 49, 99, 318):
    print(n, roman(n), words(n), base(n, 2), base(-n, 16), base(n, 36))
[int(base(n, 7), 7) == n for n in (0, 6, 7, 300)]
