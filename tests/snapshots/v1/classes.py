# Classes and their instances: inheritance, properties, methods that pause, and subclasses of built-in types.
class Account:
    opened = 0

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = ext(balance)
        Account.opened += 1

    @property
    def worth(self):
        return self.balance + ext(1)

    def pay(self, amount):
        if amount > self.balance:
            raise Overdrawn(self.owner, amount)
        self.balance -= ext(amount)
        return self

    def __repr__(self):
        return f'{type(self).__name__}({self.owner!r}, {self.balance})'


class Savings(Account):
    def pay(self, amount):
        super().pay(amount + ext(1))
        return self


class Overdrawn(Exception):
    def __init__(self, owner, amount):
        super().__init__(f'{owner} has no {amount}')
        self.amount = amount


class Stack(list):
    def push(self, item):
        self.append(ext(item))
        return self


accounts = [Account('Ann', 5), Savings('Bob', 9)]
stack = Stack([0])
for account in accounts:
    stack.push(account.owner)
    try:
        account.pay(2).pay(4)
    except Overdrawn as error:
        ext('told')
        print(error, error.amount)
accounts.append(accounts)
[repr(accounts[:2]), accounts[1].worth, Account.opened, [*stack], accounts[2] is accounts]
