import json

ORDERS = '[{"id": 1, "items": [["pen", 2, 1.5], ["ink", 1, 7.25]]}, {"id": 2, "items": []}, {"id": 3, "items": [["cap", 3, 4]]}]'


def summary(order):
    lines = [{'name': n.title(), 'total': ext(q * p)} for n, q, p in order['items']]
    return {'order': order['id'], 'lines': lines, 'sum': sum(l['total'] for l in lines), 'empty': not lines}


def clean(value):
    kind = type(value)
    if kind is dict:
        return {k: clean(ext(v)) for k, v in value.items() if v not in (None, [], '')}
    if kind is list:
        return [clean(v) for v in value]
    return value


report = [summary(ext(o)) for o in json.loads(ORDERS)]
print(json.dumps(report, indent=1))
print(json.dumps(clean({'a': None, 'b': [], 'c': [{'d': '', 'e': 1}], 'f': {'g': None}})))


def paths(value, at=''):
    if type(value) is dict:
        return [p for k, v in value.items() for p in paths(v, f'{at}.{k}')]
    if type(value) is list:
        return [p for i, v in enumerate(value) for p in paths(v, f'{at}[{i}]')]
    return [(at, ext(value))]


paths(report[2])
