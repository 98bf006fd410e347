def make():
    state = []
    total = 0

    def push(x):
        nonlocal total
        state.append(ext(x))
        total += x
        return total

    def pop():
        nonlocal total, state
        x = state.pop()
        total -= ext(x)
        if not state:
            state = ['fresh']
        return x

    def view():
        return (state, total)

    return {'push': push, 'pop': pop, 'view': view}


s = make()
for i in range(3):
    s['push'](i + 1)
    print(s['view']())
print(s['pop'](), s['view'](), s['pop'](), s['pop'](), s['view']())
