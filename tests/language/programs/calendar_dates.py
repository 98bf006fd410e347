from datetime import date, timedelta


def business_days(start, count, holidays):
    day, out = start, []
    while len(out) < count:
        day += timedelta(days=1)
        if day.weekday() >= 5 or day.isoformat() in ext(holidays):
            continue
        out.append(day)
    return out


def age(born, today):
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


for d in business_days(date(2024, 12, 20), 6, ['2024-12-25', '2024-12-26']):
    print(d, d.strftime('%d.%m.%y'))
print(age(date(2000, 2, 29), date(2024, 2, 28)), age(date(2000, 2, 29), date(2024, ext(3), 1)))
first = date(2024, 2, 1)
weeks, week = [], [None] * first.weekday()
while first.month == 2:
    week.append(first.day)
    if len(week) == 7:
        weeks.append(ext(week))
        week = []
    first += timedelta(1)
for week in weeks + [week]:
    print(' '.join(f'{d or "":>2}' for d in week))


def fridays(year):
    return [m for m in range(1, 13) if date(year, m, 13).weekday() == ext(4)]


fridays(2026)
