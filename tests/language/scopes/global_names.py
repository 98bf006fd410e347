count = 0
log = []


def bump(n):
    global count
    before = count
    count += ext(n)
    log.append((before, count))


def define():
    global made, count
    made = ext('made')
    count = count * 2


for i in range(3):
    bump(i)
define()
print(made, count, log)


def remove():
    global made
    ext_none()
    del made


remove()
try:
    made
except NameError as e:
    print(e)
made = 'again'
made
