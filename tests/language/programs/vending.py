stock = {'tea': [2, 150], 'mate': [1, 210], 'soup': [0, 300]}
COINS = (200, 100, 50, 20, 10)


def change(amount):
    coins = []
    for coin in COINS:
        while amount >= ext(coin):
            coins.append(coin)
            amount -= coin
    if amount:
        raise ValueError(f'{amount} cannot be paid out')
    return coins


def buy(name, paid):
    count, price = stock[name]
    assert count, f'{name} is sold out'
    if (rest := paid - price) < 0:
        raise ValueError(f'{ext(-rest)} missing')
    coins = change(rest)
    stock[name][0] -= 1
    return coins


for name, paid in [('tea', 200), ('mate', 500), ('mate', 500), ('soup', 300), ('tea', 100), ('tea', 155), ('gum', 5)]:
    try:
        print(name, buy(name, paid))
    except (ValueError, AssertionError) as e:
        print(name, type(e).__name__, ext(str(e)))
    except KeyError as e:
        print('no', e)
    finally:
        ext_none()
stock
