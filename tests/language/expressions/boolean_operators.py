trace = []


def say(x):
    trace.append(x)
    return ext(x)


print(say(0) or say('') or say([]) or say(7) or say(8))
print(say(1) and say('x') and say(0) and say(9))
print(say(0) and say(1) or say(2))
print((say(0) or say(1)) and say(3))
print(not (say(0) or say(0)))
print(ext_true() and ext_false() or ext_true() and 'end')
x = ext(0) or ext(None)
print(x)
y = ext(5) and (ext(0) or ext(6))
print(y)
trace
