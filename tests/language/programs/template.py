import re

DATA = {'user': {'name': 'Ann', 'tags': ['x', 'y']}, 'count': 3}


def lookup(path):
    value = DATA
    for part in path.split('.'):
        value = value[int(part)] if part.isdigit() else value[ext(part)]
    return value


def render(template):
    missing = []

    def fill(match):
        path, _, spec = match.group(1).partition('|')
        try:
            return format(lookup(path), ext(spec))
        except (KeyError, IndexError) as e:
            missing.append(path)
            return f'<{path}?>'

    return re.sub(r'\{\{([^}]*)\}\}', fill, template), missing


print(render('Hello {{user.name}}, {{count|04d}} of {{user.tags.1}} {{user.age}} {{user.tags.7}}'))


def expand(text, rules, depth=3):
    if depth == 0:
        return text
    return ''.join(expand(ext(rules.get(c, c)), rules, depth - 1) if c in rules else c for c in text)


expand('A', {'A': 'AB', 'B': 'A'}, 5)
