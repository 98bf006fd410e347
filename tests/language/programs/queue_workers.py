jobs = [('square', 3), ('fail', 1), ('square', 4), ('spawn', 2), ('unknown', 0)]
results, errors = [], []


def spawn(n):
    for i in range(n):
        jobs.append(('square', ext(i)))
    return f'spawned {n}'


HANDLERS = {'square': lambda n: ext(n) ** 2, 'fail': lambda n: ext_fail('TimeoutError', f'job {n}'), 'spawn': spawn}
tries = {}
while jobs:
    kind, arg = job = jobs.pop(0)
    tries[job] = tries.get(job, 0) + 1
    try:
        results.append((kind, arg, HANDLERS[kind](arg)))
    except TimeoutError as e:
        if tries[job] < 3:
            jobs.append(job)
            continue
        errors.append(str(e))
    except LookupError as e:
        errors.append(f'no handler {e}')
    else:
        print('ok', job)
    print(len(jobs), 'left')
results, errors, tries
