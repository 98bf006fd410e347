PAGES = {None: (['a', 'b'], 'p2'), 'p2': (['c'], 'p3'), 'p3': ([], 'p4'), 'p4': (['d', 'e'], None)}


def fetch(cursor):
    items, following = ext(PAGES[cursor])
    return {'items': items, 'next': following}


def everything(limit=None):
    cursor, out, pages = None, [], 0
    while True:
        page = fetch(cursor)
        pages += 1
        for item in page['items']:
            out.append(ext(item))
            if limit is not None and len(out) >= limit:
                return out, pages
        if not (cursor := page['next']):
            break
    return out, pages


print(everything(), everything(3))
seen, queue, order = {'start'}, ['start'], []
LINKS = {'start': ['x', 'y'], 'x': ['y', 'z'], 'y': ['start'], 'z': ['missing']}
while queue:
    page = queue.pop(0)
    order.append(page)
    try:
        links = ext(LINKS[page])
    except KeyError as e:
        print('dead link', e)
        continue
    for link in links:
        if link not in seen:
            seen.add(link)
            queue.append(link)
order
