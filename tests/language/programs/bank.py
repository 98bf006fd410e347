accounts = {'ann': 100, 'bob': 50}
journal = []


def transfer(source, target, amount):
    before = dict(accounts)
    try:
        if amount <= 0:
            raise ValueError(f'amount {amount}')
        accounts[source] -= ext(amount)
        if accounts[source] < 0:
            raise ArithmeticError(f'{source} lacks {-accounts[source]}')
        accounts[target] += ext(amount)
    except (ArithmeticError, KeyError) as e:
        accounts.clear()
        accounts.update(before)
        journal.append(('undone', type(e).__name__, ext(str(e))))
        return False
    else:
        journal.append(('done', source, target, ext(amount)))
        return True
    finally:
        journal.append(sum(accounts.values()))


print(transfer('ann', 'bob', 30), accounts)
print(transfer('ann', 'bob', 300), accounts)
print(transfer('ann', 'zoe', 10), accounts)
try:
    transfer('ann', 'bob', -5)
except ValueError as e:
    print(e)
journal
