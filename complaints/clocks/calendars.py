"""Business calendars as data: opening hours, holidays, make-up work days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from complaints.clocks.instants import MINUTES_A_DAY, ClockError, zone

Spans = tuple[tuple[int, int], ...]
"""Opening hours of a day as (start, end) in minutes after midnight, end up to 1440."""


@dataclass(frozen=True)
class CalendarData:
    """One version of a business calendar; changing one means a new version.

    `spans` maps the weekday (0 = Monday) to its opening hours. A day in `holidays` is
    closed; a day in `workdays` is a make-up work day (as in China) and opens by
    `makeup_spans`, or like a Monday where these are empty. Equal data are equal; the
    hash takes code, version and zone only. Raises `ClockError` for data that
    contradict themselves or never open.
    """

    code: str
    version: int
    timezone: str
    spans: Mapping[int, Spans]
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    makeup_spans: Spans = ()

    def __post_init__(self) -> None:
        spans = {day: _checked(spans) for day, spans in sorted(self.spans.items())}
        object.__setattr__(self, "spans", {d: s for d, s in spans.items() if s})
        object.__setattr__(self, "makeup_spans", _checked(self.makeup_spans))
        object.__setattr__(self, "holidays", frozenset(self.holidays))
        object.__setattr__(self, "workdays", frozenset(self.workdays))
        zone(self.timezone)
        if not self.spans or not set(self.spans) <= set(range(7)):
            raise ClockError(f"calendar {self.code} needs hours on weekdays 0 to 6")
        if self.workdays and not self.spans_on(min(self.workdays)):
            raise ClockError(f"calendar {self.code} gives its make-up days no hours")
        if both := self.holidays & self.workdays:
            raise ClockError(f"{min(both)} is a holiday and a work day")

    def __hash__(self) -> int:
        return hash((self.code, self.version, self.timezone))

    @property
    def key(self) -> str:
        """What a clock stores to say which version it was reckoned in."""
        return f"{self.code}@{self.version}"

    def spans_on(self, day: date) -> Spans:
        """Opening hours of one local day, empty when closed."""
        if day in self.workdays:
            return self.makeup_spans or self.spans.get(0, ())
        if day in self.holidays:
            return ()
        return self.spans.get(day.weekday(), ())


def _pairs(spans: Iterable[Iterable[int]]) -> Spans:
    return tuple((int(start), int(end)) for start, end in spans)


def _checked(spans: Iterable[Iterable[int]]) -> Spans:
    """Spans in order. Raises `ClockError` when they overlap or leave the day."""
    ordered = tuple(sorted(_pairs(spans)))
    previous_end = 0
    for start, end in ordered:
        if not previous_end <= start < end <= MINUTES_A_DAY:
            raise ClockError(f"opening hours {start}-{end} overlap or leave the day")
        previous_end = end
    return ordered


def is_business_day(day: date, cal: CalendarData) -> bool:
    """Whether the calendar opens at all on that local day."""
    return bool(cal.spans_on(day))
