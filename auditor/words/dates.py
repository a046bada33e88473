"""Days and instants as people write them, in the zone of the office they belong to.

Zone names: WIB, WITA and WIT are the three of Indonesia (UTC+7, +8, +9); any other zone is shown as its offset.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from . import Words

_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}


def zone_label(timezone: str, at: datetime) -> str:
    """ "WIB", "WITA", "WIT", else "+02:00": the offset of `at`, which must already be in that zone."""
    if timezone in _ZONES:
        return _ZONES[timezone]
    offset = at.strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"


def day(value: date, w: Words) -> str:
    """ "09 Okt 2025"."""
    return w("date.day", day=f"{value.day:02d}", month=_short_month(value, w), year=value.year)


def day_of_week(value: date, w: Words) -> str:
    """ "Sen 23 Nov"."""
    return w("date.day_of_week", weekday=_short_weekday(value, w), day=value.day, month=_short_month(value, w))


def short_day(value: date, w: Words) -> str:
    """ "20 Des"."""
    return w("date.short_day", day=value.day, month=_short_month(value, w))


def month(value: date, w: Words) -> str:
    """ "Nov"."""
    return _short_month(value, w)


def long_day(value: date, w: Words) -> str:
    """ "23 November 2026"."""
    return w("date.long_day", day=value.day, month=w(f"date.month.{value.month}"), year=value.year)


def clock(at: datetime, zone: tzinfo, timezone: str, w: Words) -> str:
    """ "07.00 WIB"."""
    local = at.astimezone(zone)
    return w("date.clock", hour=f"{local.hour:02d}", minute=f"{local.minute:02d}", zone=zone_label(timezone, local))


def moment(at: datetime, zone: tzinfo, timezone: str, w: Words) -> str:
    """ "Senin, 23 November 2026, 07.00 WIB"; in English "Mon 23 Nov 2026, 07:00 WIB"."""
    local = at.astimezone(zone)
    return w(
        "date.moment",
        weekday=w(f"date.weekday.{local.weekday()}"),
        short_weekday=_short_weekday(local, w),
        day=local.day,
        month=w(f"date.month.{local.month}"),
        short_month=_short_month(local, w),
        year=local.year,
        clock=clock(at, zone, timezone, w),
    )


def short_moment(at: datetime, zone: tzinfo, timezone: str, w: Words) -> str:
    """ "Sen 23 Nov 2026, 07.00 WIB"."""
    local = at.astimezone(zone)
    return w("date.short_moment", day=day_of_week(local, w), year=local.year, clock=clock(at, zone, timezone, w))


def weekday_name(index: int, w: Words) -> str:
    """ "Sen": Monday is 0."""
    return w(f"date.short_weekday.{index}")


def _short_month(value: date, w: Words) -> str:
    return w(f"date.short_month.{value.month}")


def _short_weekday(value: date, w: Words) -> str:
    return w(f"date.short_weekday.{value.weekday()}")
