"""The opening hours of a week, typed as people write them: 09:00-12:00, 13:00-18:00."""

import re
from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from teams.parts import LabelledParts

Span = list[int]
"""Start and end in minutes after local midnight; the end may be 1440."""
Week = dict[str, list[Span]]
"""By weekday, "0" being Monday; a day off is not in it. As ``Calendar.spans``."""

WHOLE_DAY = 24 * 60
SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-–—~至]\s*(\d{1,2}):(\d\d)")
BETWEEN = re.compile(r"[,;，、；\s]+")


def day_as_text(spans: list[Span]) -> str:
    """[[540, 720]] -> "09:00-12:00"."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def week_as_text(week: Week) -> str:
    """In the reader's language, days with the same hours together: "Mon, Tue …"."""
    days: dict[str, list[str]] = {}
    for day, name in WEEKDAYS_ABBR.items():
        if spans := week.get(str(day)):
            days.setdefault(day_as_text(spans), []).append(str(name))
    return "; ".join(f"{' '.join(names)} {hours}" for hours, names in days.items())


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def read_day(text: str) -> list[Span]:
    """The spans of a day in order; raises ``ValueError`` for anything else, for spans
    that overlap, end before they start, or leave the day."""
    if BETWEEN.sub("", SPAN.sub("", text)):
        raise ValueError(text)
    spans = sorted(_span(*map(int, found)) for found in SPAN.findall(text))
    if any(before[1] > after[0] for before, after in pairwise(spans)):
        raise ValueError(text)
    return spans


def _span(hour: int, minute: int, until_hour: int, until_minute: int) -> Span:
    start, end = hour * 60 + minute, until_hour * 60 + until_minute
    if max(minute, until_minute) > 59 or not start < end <= WHOLE_DAY:
        raise ValueError(f"{hour}:{minute}-{until_hour}:{until_minute}")
    return [start, end]


class DayField(forms.CharField):
    default_error_messages = {
        "hours": _("Write the hours of %(day)s as 09:00-12:00, 13:00-18:00.")
    }

    def __init__(self, day: str, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=120, **kwargs)
        self.day = day

    def clean(self, value: Any) -> list[Span]:
        try:
            return read_day(super().clean(value))
        except ValueError:
            words = {"day": self.day}
            raise forms.ValidationError(
                self.error_messages["hours"], "hours", words
            ) from None


class WeekWidget(LabelledParts):
    parts: ClassVar = {str(day): name for day, name in WEEKDAYS.items()}

    def decompress(self, value: Week | None) -> list[str]:
        return [day_as_text((value or {}).get(day, [])) for day in self.parts]


class WeekField(forms.MultiValueField):
    widget = WeekWidget

    def __init__(self, **kwargs: Any) -> None:
        days = [DayField(str(day)) for day in WEEKDAYS.values()]
        super().__init__(days, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[list[Span]]) -> Week:
        return {str(day): spans for day, spans in enumerate(data_list) if spans}
