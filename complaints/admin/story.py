"""A stretch of the timeline as a page draws it: words of each moment made once."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from complaints.selectors.timeline import StoryPage, TimelineEntry
from complaints.templatetags.look import gap, written_day

MARKS = {"future": " next", "system": " minor", "internal": " note-ev"}
BUBBLES = {"from_customer": " mine", "internal": " in"}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: where it leads, and the words of its moment."""

    entry: TimelineEntry
    mark: str
    bubble: str
    machine: str
    day: str
    time: str


@dataclass(frozen=True)
class Story:
    """``earlier`` is what the address of the next stretch says, empty at the end."""

    lines: list[Line]
    earlier: str
    gap: str
    """What parts a name from its sentence: nothing in Chinese."""


def story_lines(page: StoryPage) -> Story:
    earlier = page.earlier.isoformat() if page.earlier else ""
    moments = _Moments()
    return Story([moments.line(entry) for entry in page.entries], earlier, gap())


class _Moments:
    """Days are few and entries are many, so the words of a day are made once."""

    def __init__(self) -> None:
        self.day_pattern = pgettext("date format", "j M")
        self.time_pattern = pgettext("date format", "H:i")
        self.days: dict[date, str] = {}

    def line(self, entry: TimelineEntry) -> Line:
        machine, day, time = entry.at.isoformat(), "", ""
        if not isinstance(entry.at, datetime):
            day = written_day(entry.at)
        else:
            at = localtime(entry.at)
            day, time = self._day(at.date()), formats.date_format(at, self.time_pattern)
        mark, bubble = MARKS.get(entry.kind, ""), BUBBLES.get(entry.kind, "")
        return Line(entry, mark, bubble, machine, day, time)

    def _day(self, day: date) -> str:
        if day not in self.days:
            self.days[day] = formats.date_format(day, self.day_pattern)
        return self.days[day]
