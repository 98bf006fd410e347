events = [
    ('add', 'pen', 3),
    ('add', 'ink', 1),
    ('remove', 'pen', 2),
    ('remove', 'ink', 5),
    ('rename', 'pen', 'quill'),
    ('oops',),
]


def apply(state, event):
    kind, *args = event
    if kind == 'add':
        name, n = args
        return {**state, name: state.get(name, 0) + ext(n)}
    if kind == 'remove':
        name, n = args
        if state.get(name, 0) < n:
            raise ValueError(f'only {state.get(name, 0)} of {name}')
        return {k: v - n if k == name else v for k, v in ext(state).items()}
    if kind == 'rename':
        old, new = args
        return {ext(new) if k == old else k: v for k, v in state.items()}
    raise NotImplementedError(kind)


state, versions, rejected = {}, [], []
for number, event in enumerate(events):
    try:
        state = apply(state, event)
    except ValueError as e:
        rejected.append((number, str(e)))
    except NotImplementedError as e:
        rejected.append((number, f'unknown {e}'))
    else:
        versions.append(state)
print(state, rejected)
replayed = {}
for event in [e for i, e in enumerate(events) if i not in dict(rejected)]:
    replayed = apply(replayed, event)
replayed == state, len(versions), versions[0]
