n = 5
while ext(n) > 0:
    n -= 1
    if n == 3:
        continue
    print(n, end=' ')
else:
    print('done', ext(n))
while ext_true():
    n += 1
    if ext(n) >= 3:
        break
else:
    print('never')
print(n)
while ext_false():
    print('never')
else:
    print('at once')
while (line := ext(n)) and n:
    n -= 1
    while ext(line) > 1:
        line -= 1
        if line == 2:
            break
    else:
        print('inner done', n, line)
        continue
    print('inner broke', n)
n
