"""When people need us: received by weekday and hour, and by channel."""

from collections.abc import Iterator, Sequence
from statistics import fmean

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from complaints.compliance.boards.base import Board, Ctx, count, percent, together
from complaints.compliance.figures import RESTRICTED
from complaints.compliance.page import Cell
from complaints.compliance.pictures import heat
from complaints.states import Channel


def hours(ctx: Ctx) -> Board:
    """Received by weekday and hour, in UTC or in the reader's own time; by channel."""
    cells = _week(ctx)
    received = sum(map(sum, cells))
    names = [str(name) for name in WEEKDAYS_ABBR.values()]
    days = list(zip(names, cells, strict=True))
    body = (*((Cell(name), *_numbers(row)) for name, row in days), *_by_channel(ctx))
    heads = [f"{hour:02}" for hour in range(24)]
    return Board(
        slug="hours",
        title=_("When do people need us?"),
        say=_say_hours(cells),
        definition=_(
            "Complaints received, by weekday and hour in %(zone)s; below them by"
            " channel and hour. The stronger the cell, the more."
        )
        % {"zone": zone_name(ctx.offset)},
        denominator=_("n %(n)s received") % {"n": count(received)},
        head=(_("Day or channel"), *heads),
        body=body if received else (),
        draw=lambda width: heat(width, days, heads),
        wide=True,
    )


def _week(ctx: Ctx) -> list[list[int]]:
    """Received by weekday, from Monday, and hour."""
    cells = [[0] * 24 for _day in range(7)]
    for (number,), n in ctx.reader.sums("arrived", "number").items():
        day, hour = divmod((number + ctx.offset) % 168, 24)
        cells[day][hour] += n
    return cells


def zone_name(offset: int) -> str:
    return f"UTC{offset:+d}" if offset else "UTC"


def _by_channel(ctx: Ctx) -> list[tuple[Cell, ...]]:
    found = ctx.reader.sums("channel", "channel", "number")
    rows = []
    for code, label in (*Channel.choices, (RESTRICTED, _("Restricted"))):
        numbers = [found[code, (hour - ctx.offset) % 24] for hour in range(24)]
        if any(numbers):
            query = "" if code == RESTRICTED else ctx.rows(fig="channel", channel=code)
            rows.append((Cell(str(label), query), *_numbers(numbers)))
    return rows


def _numbers(row: Sequence[int]) -> Iterator[Cell]:
    return (Cell(count(n)) for n in row)


def _say_hours(cells: list[list[int]]) -> str:
    """The busiest three hours of the week's days taken together."""
    whole = sum(map(sum, cells))
    if not whole:
        return _("Nothing was received in this period.")
    by_hour = [sum(day[hour] for day in cells) for hour in range(24)]
    best = max(range(22), key=lambda hour: sum(by_hour[hour : hour + 3]))
    day = max(range(7), key=lambda place: sum(cells[place]))
    even = fmean(map(sum, cells))
    words = _("Most between %(from)02d:00 and %(to)02d:00 (%(share)s of the day).") % {
        "from": best,
        "to": best + 3,
        "share": percent(sum(by_hour[best : best + 3]), whole),
    }
    if sum(cells[day]) > 1.15 * even:
        busiest = _("The busiest day is %(day)s.") % {"day": WEEKDAYS[day]}
        return together(words, busiest)
    return words
