failures = {'a': 2, 'b': 5, 'c': 0}
log = []


def call(name, attempt):
    log.append((name, attempt))
    if attempt < failures[name]:
        ext_fail('ConnectionError', f'{name} attempt {attempt}')
    return ext(f'{name} ok')


def retry(action, times, kinds=(ConnectionError, TimeoutError)):
    last = None
    for attempt in range(times):
        try:
            result = action(attempt)
        except kinds as e:
            last = e
            ext_none()
        else:
            return result
    raise RuntimeError(f'gave up after {times}') from last


results = {}
for name in failures:
    try:
        results[name] = retry(lambda n: call(name, n), 4)
    except RuntimeError as e:
        results[name] = f'{e}: {e.__cause__}'
    finally:
        print(name, results.get(name), len(log))
results, log
