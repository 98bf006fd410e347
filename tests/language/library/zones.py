# Time zones, over a pause.
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones
import copy

oslo = ZoneInfo('Europe/Oslo')
summer = datetime(2024, 7, 1, 12, tzinfo=oslo)
winter = datetime(2024, 1, 1, 12, tzinfo=ZoneInfo('America/New_York'))
ext(1)
print(summer.utcoffset(), summer.tzname(), summer.dst(), winter.isoformat(), winter.astimezone(oslo).isoformat())
print(oslo, repr(oslo), oslo.key, ZoneInfo('Europe/Oslo') is oslo, isinstance(oslo, ZoneInfo), copy.copy(oslo) is oslo)
print(datetime(2024, 3, 31, 1, 30, tzinfo=timezone.utc).astimezone(oslo), summer + timedelta(days=150), summer - winter)
print(datetime(2024, 10, 27, 2, 30, tzinfo=oslo, fold=1).utcoffset(), 'Europe/Oslo' in available_timezones(), len(available_timezones()) > 300)
print(datetime.fromtimestamp(0, tz=oslo), summer == summer.astimezone(timezone.utc), type(oslo).__name__)
for name in ('Mars/Base', '../etc/passwd', '/etc/passwd', ''):
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        print('no')
kept = {'zones': [oslo, oslo], 'when': summer}
ext(2)
print(kept['zones'][0] is ZoneInfo('Europe/Oslo'), kept['when'].strftime('%H:%M %Z'))
