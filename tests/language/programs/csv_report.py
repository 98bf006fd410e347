TEXT = """name,team,score
Ann,red,10
Bob,blue,x
Cid,red,7

Dan,green,12,extra
Eve,blue,3
"""


def parse(text):
    header, *lines = ext(text).split('\n')
    names = header.split(',')
    rows, bad = [], []
    for number, line in enumerate(lines, 2):
        if not line.strip():
            continue
        cells = line.split(',')
        try:
            row = dict(zip(names, cells, strict=True))
            row['score'] = int(ext(row['score']))
        except ValueError as e:
            bad.append((number, ext(line)))
            continue
        rows.append(row)
    return rows, bad


def group(rows, key):
    out = {}
    for row in rows:
        out.setdefault(row[key], []).append(row)
    return out


rows, bad = parse(TEXT)
for team, members in sorted(group(rows, 'team').items()):
    total = sum(ext(m['score']) for m in members)
    print(f'{team:<6}{total:>4}{total / len(members):>7.2f}', ', '.join(sorted(m['name'] for m in members)))
print(bad)
{team: max(ms, key=lambda m: ext(m['score']))['name'] for team, ms in group(rows, 'team').items()}
