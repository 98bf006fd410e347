def tokens(text):
    i, out = 0, []
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
            continue
        if c.isdigit():
            j = i
            while j < len(text) and (text[j].isdigit() or text[j] == '.'):
                j += 1
            out.append(('num', float(ext(text[i:j]))))
            i = j
        elif c in '+-*/()^':
            out.append(('op', c))
            i += 1
        else:
            raise SyntaxError(f'bad character {c!r} at {ext(i)}')
    return out + [('end', None)]


def evaluate(text):
    stream = tokens(text)
    pos = 0

    def peek():
        return stream[pos][1] if stream[pos][0] == 'op' else None

    def take():
        nonlocal pos
        pos += 1
        return stream[pos - 1]

    def expression():
        value = term()
        while peek() in ('+', '-'):
            op = take()[1]
            right = term()
            value = ext_add(value, right) if op == '+' else value - right
        return value

    def term():
        value = factor()
        while peek() in ('*', '/'):
            value = value * factor() if take()[1] == '*' else value / factor()
        return value

    def factor():
        kind, value = take()
        if kind == 'num':
            base = value
        elif value == '-':
            return -factor()
        elif value == '(':
            base = expression()
            if take()[1] != ')':
                raise SyntaxError('missing )')
        else:
            raise SyntaxError(f'unexpected {value}')
        if peek() == '^':
            take()
            return base ** factor()
        return ext(base)

    result = expression()
    if stream[pos][0] != 'end':
        raise SyntaxError('trailing')
    return result


for text in ['1 + 2 * 3', '(1+2)*3 - 4/2', '2^3^2', '-(2 + 3) * -1.5', '1 +', '(1', '1 $ 2', '4 / 0', '1 2']:
    try:
        print(text, '=', evaluate(text))
    except (SyntaxError, ZeroDivisionError) as e:
        print(text, type(e).__name__, e)
