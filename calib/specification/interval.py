"""Intervals since a calibration, such as `90 days`: until when they last, and how they read."""

import calendar
import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator

from calib.text import Text

_HOURS = {"hour": 1, "day": 24}
_MONTHS = {"month": 1, "year": 12}
_VIETNAMESE = {"hour": "giờ", "day": "ngày", "month": "tháng", "year": "năm"}


def interval_end(begin: dt.date, interval: str) -> dt.date:
    """Return the last day of an interval such as `24 hours`, `90 days`, `1 year` that began on the day `begin`.

    Months and years go by the calendar; hours count as the whole days that hold them.
    """
    number, unit = _parsed(interval)
    if unit in _HOURS:
        return begin + dt.timedelta(days=-(-number * _HOURS[unit] // 24))
    years, month = divmod(begin.month - 1 + number * _MONTHS[unit], 12)
    last = calendar.monthrange(begin.year + years, month + 1)[1]
    return dt.date(begin.year + years, month + 1, min(begin.day, last))


def interval_text(interval: str) -> Text:
    """Return an interval as it reads in both languages: `90 ngày`, `90 days`."""
    number, unit = _parsed(interval)
    return Text(vi=f"{number} {_VIETNAMESE[unit]}", en=f"{number} {unit}{'s' if number > 1 else ''}")


def _parsed(interval: str) -> tuple[int, str]:
    match = re.fullmatch(r"([1-9]\d{0,3}) *(hour|day|month|year)s?", interval)
    if match is None:
        msg = "must be a number and hours, days, months or years, such as '90 days'"
        raise ValueError(msg)
    return int(match[1]), match[2]


def _interval(value: str) -> str:
    _parsed(value)
    return value


Interval = Annotated[str, AfterValidator(_interval)]
