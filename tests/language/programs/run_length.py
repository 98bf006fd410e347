def encode(text):
    out = []
    for c in text:
        if out and out[-1][0] == c:
            out[-1][1] += ext(1)
        else:
            out.append([c, 1])
    return out


def decode(pairs):
    return ''.join(c * ext(n) for c, n in pairs)


def caesar(text, shift):
    def turn(c):
        if not c.isalpha():
            return c
        base = ord('A') if c.isupper() else ord('a')
        return chr((ord(c) - base + ext(shift)) % 26 + base)

    return ''.join(map(turn, text))


def balanced(text):
    stack = []
    for i, c in enumerate(text):
        if c in '([{':
            stack.append((c, i))
        elif c in ')]}':
            if not stack or ext(stack.pop()[0] + c) not in ('()', '[]', '{}'):
                return i
    return stack[-1][1] if stack else -1


pairs = encode('aaabccd')
print(pairs, decode(pairs), caesar('Hello, Zed', 3), caesar(caesar('Hello', 5), -5))
[balanced(t) for t in ('([]{})', '(]', '((', 'a)', '')]
