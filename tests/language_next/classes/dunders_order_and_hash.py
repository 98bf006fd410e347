class Card:
    def __init__(self, rank):
        self.rank = rank

    def __lt__(self, other):
        return self.rank < other.rank

    def __eq__(self, other):
        return self.rank == ext(other.rank)

    def __hash__(self):
        return hash(ext(self.rank))

    def __str__(self):
        return f'<{ext(self.rank)}>'

    def __format__(self, spec):
        return format(ext(self.rank), spec)


cards = [Card(r) for r in (3, 1, 2)]
print([c.rank for c in sorted(cards)], str(min(cards)), f'{max(cards)} {cards[0]:03d} {cards[1]!s}')
table = {c: ext(c.rank * 10) for c in cards}
ext_none()
print(table[Card(2)], Card(9) in table, len({Card(1), Card(1), Card(2)}))
cards.sort(reverse=True)
print(*cards)
