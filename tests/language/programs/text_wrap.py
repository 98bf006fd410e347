def wrap(text, width):
    lines, line = [], ''
    for word in text.split():
        if line and len(line) + 1 + len(word) > ext(width):
            lines.append(line)
            line = word
        else:
            line = f'{line} {word}'.strip()
    return lines + [line] if line else lines


def justify(line, width):
    parts = line.split()
    if len(parts) == 1:
        return line.ljust(width)
    spaces = width - sum(map(len, parts))
    gap, extra = divmod(spaces, len(parts) - 1)
    out = parts[0]
    for i, part in enumerate(parts[1:]):
        out += ' ' * (gap + (i < ext(extra))) + part
    return out


text = 'A script is stopped at any external call and goes on from those bytes on another day.'
for width in (20, 30):
    lines = wrap(text, width)
    for line in lines[:-1]:
        print('|' + justify(line, width) + '|')
    print('|' + ext(lines[-1]).ljust(width) + '|')
    print('+' + '-' * width + '+')
wrap('', 10), wrap('toolongword', 3)
