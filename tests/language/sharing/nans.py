# A NaN is equal to nothing, and containers find it by what object it is: it stays the same one for all who hold it.
nan = float('nan')
negative = float('inf') - float('inf')
values = [1.0, nan, negative, {'n': nan}, (nan, 2)]
table = {nan: 'a', negative: 'b', (nan, 1): 'c'}
kinds = {nan, negative}


class Reading:
    def __init__(self, value):
        self.value = value


reading = Reading(nan)
other = float('nan')
ext('stored')
print(values[1] is nan, values[2] is negative, values[3]['n'] is nan, values[4][0] is nan, reading.value is nan)
print(nan in values, negative in values, other in values, other in kinds, values.index(nan), [nan] == [nan], [nan] == [other])
print(table[nan], table[negative], table.get(other), table[nan, 1], nan in kinds, len(kinds | {nan, other}))
ext(None)
print(table[nan], reading.value is values[1], values.count(nan))
