def fetch(n):
    if n % 3 == 0:
        ext_fail('ConnectionError', f'down {n}')
    return ext(n * 10)


done, failed = [], []
for n in range(7):
    for attempt in range(2):
        try:
            value = fetch(n + attempt)
        except ConnectionError as e:
            failed.append((n, attempt, str(e)))
            continue
        else:
            done.append(value)
            break
        finally:
            ext_none()
    else:
        done.append(None)
print(done)
failed
