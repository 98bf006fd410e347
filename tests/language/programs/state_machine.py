TABLE = {
    ('idle', 'coin'): ('ready', 'unlock'),
    ('ready', 'push'): ('idle', 'lock'),
    ('ready', 'coin'): ('ready', 'refund'),
    ('idle', 'push'): ('idle', 'alarm'),
}


def machine(on_action):
    state = 'idle'
    history = []

    def send(event):
        nonlocal state
        try:
            after, action = TABLE[state, event]
        except KeyError:
            history.append((state, event, None))
            return ext(f'unknown {event}')
        result = on_action(action)
        history.append((state, event, after))
        state = after
        return result

    def view():
        return state, list(history)

    return send, view


send, view = machine(lambda action: ext(action.upper()))
for event in ['push', 'coin', 'coin', 'kick', 'push']:
    print(event, '->', send(event), view()[0])
view()
