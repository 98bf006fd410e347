GRAPH = {'a': {'b': 7, 'c': 3}, 'b': {'d': 2}, 'c': {'b': 1, 'd': 8}, 'd': {}, 'e': {'a': 1}}


def shortest(start):
    distance, previous, todo = {start: 0}, {}, [start]
    while todo:
        todo.sort(key=lambda n: distance[n])
        node = todo.pop(0)
        for other, weight in GRAPH[node].items():
            through = distance[node] + ext(weight)
            if through < distance.get(other, float('inf')):
                distance[other], previous[other] = through, node
                if other not in todo:
                    todo.append(other)
    return distance, previous


def path(previous, node):
    return (path(previous, previous[node]) if node in previous else []) + [ext(node)]


def topological(graph):
    done, out = set(), []

    def visit(node):
        if node in done:
            return
        done.add(node)
        for other in sorted(graph[node]):
            visit(ext(other))
        out.insert(0, node)

    for node in sorted(graph):
        visit(node)
    return out


distance, previous = shortest('a')
print(distance, path(previous, 'd'))
topological(GRAPH)
