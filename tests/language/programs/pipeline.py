def compose(*stages):
    def run(value):
        for number, stage in enumerate(stages):
            try:
                value = stage(value)
            except Exception as e:
                raise RuntimeError(f'stage {number}: {e}') from e
        return value

    return run


def where(test):
    return lambda rows: [r for r in rows if test(r)]


def select(*names):
    return lambda rows: [{n: ext(r[n]) for n in names} for r in rows]


def order(key, reverse=False):
    return lambda rows: sorted(rows, key=lambda r: ext(r[key]), reverse=reverse)


def aggregate(by, **outputs):
    def run(rows):
        groups = {}
        for r in rows:
            groups.setdefault(r[by], []).append(r)
        return [{by: k, **{n: f(ext(g)) for n, f in outputs.items()}} for k, g in groups.items()]

    return run


ROWS = [{'n': i, 'kind': 'odd' if i % 2 else 'even', 'v': i * i % 7} for i in range(9)]
q = compose(
    where(lambda r: ext(r['n']) > 1),
    order('v', True),
    aggregate('kind', total=lambda g: sum(r['v'] for r in g), size=len),
    order('kind'),
)
for row in q(ROWS):
    print(row)
try:
    compose(select('n', 'zz'), len)(ROWS)
except RuntimeError as e:
    print(e, type(e.__cause__).__name__)
compose(select('n'), len)(ROWS)
