for value in [5, None, 2.5, True]:
    try:
        for x in ext(value):
            print('never')
    except TypeError as e:
        print(e)
try:
    for x in range(ext(1.5)):
        pass
except TypeError as e:
    print(e)
try:
    for x in range(0, 5, ext(0)):
        pass
except ValueError as e:
    print(e)
