from datetime import date, datetime, timedelta, timezone
import datetime as dt

a = datetime(2024, 2, 28, ext(23), 59, 30)
b = a + timedelta(days=ext(1), seconds=45)
ext_none()
print(
    a,
    b,
    b - a,
    (b - a).total_seconds(),
    a < b,
    a.isoformat(),
    repr(b),
    a.year,
    a.weekday(),
    a.strftime('%Y-%m-%d %H:%M:%S %j'),
)
print(
    datetime.fromisoformat(ext('2024-05-06T07:08:09')),
    datetime.strptime('06/05/2024', '%d/%m/%Y'),
    date(2024, 3, 1) - date(2024, 2, 1),
    date.fromisoformat('2024-01-31').replace(month=3),
)
d = timedelta(hours=25, minutes=ext(61))
print(
    d,
    d.days,
    d.seconds,
    d * 2,
    d / 2,
    -d,
    d // timedelta(hours=1),
    d > timedelta(days=1),
    timedelta(weeks=1),
    repr(timedelta(1, 2, 3)),
)
u = datetime(2024, 1, 1, tzinfo=timezone.utc)
e = u.astimezone(timezone(timedelta(hours=ext(2))))
ext_none()
print(u, e, u == e, e.isoformat(), u.timestamp(), e.utcoffset(), datetime.fromtimestamp(0, timezone.utc))
print(
    sorted([date(2024, 1, 2), date(2023, 5, 1)]),
    {date(2024, 1, 1): 'x'}[date(2024, 1, 1)],
    date(2024, 1, 1).isocalendar()[1],
    dt.date.min,
    a.date(),
    a.time(),
)
try:
    date(2024, 2, ext(30))
except ValueError as err:
    print(type(err).__name__)
try:
    u < a
except TypeError as err:
    print(err)
d == timedelta(hours=26, minutes=1), dt.datetime is datetime
