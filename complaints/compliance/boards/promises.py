"""Which promise fails, how long it takes, and when people need us."""

from collections import Counter
from datetime import date
from statistics import fmean

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from complaints.compliance.boards.base import (
    Board,
    Cell,
    Ctx,
    count,
    month_name,
    percent,
    step_name,
    together,
)
from complaints.compliance.drawing import Picture
from complaints.compliance.models import month_of
from complaints.compliance.pictures import Series, Stack, bars, heat, lines
from complaints.compliance.rollup.read import next_month
from complaints.states import Channel, Step

PROMISED = 95
"""Per cent of limits that we mean to keep."""

MILESTONES = (
    Step.ACKNOWLEDGE,
    Step.ADMIT,
    Step.FIRST_ANSWER,
    Step.ANSWER_QUESTION,
    Step.INVESTIGATE,
    Step.DECIDE,
    Step.STATUTORY_DECISION,
    Step.EXECUTE_REMEDY,
    Step.APPEAL_RULE,
)
STATUTORY_DAYS = 60
"""Two months, as the line of the picture has it."""


def promises(ctx: Ctx) -> Board:
    """Of the limits that fell due, how many were kept; open and late ones count."""
    found = ctx.reader.sums("due", "kind", "sub", last=_over(ctx))
    rows = []
    for step in MILESTONES:
        kept, late, still = (
            found[step.value, word] for word in ("kept", "late", "running")
        )
        if kept + late + still:
            rows.append((step.value, kept, late, still))
    due = sum(sum(row[1:]) for row in rows)
    body = tuple(
        (
            Cell(step_name(step)),
            Cell(count(kept + late + still)),
            Cell(count(kept), ctx.rows(fig="due", kind=step, sub="kept")),
            Cell(count(late), ctx.rows(fig="due", kind=step, sub="late")),
            Cell(count(still), ctx.rows(fig="due", kind=step, sub="running")),
            Cell(percent(kept, kept + late + still)),
        )
        for step, kept, late, still in rows
    )

    def draw(width: int) -> Picture:
        stacks = []
        for step, *numbers in rows:
            whole = sum(numbers)
            parts = tuple(100 * n / whole for n in numbers)
            stacks.append(Stack(step_name(step), parts, percent(numbers[0], whole)))
        names = (_("in time"), _("late, done"), _("late and still open"))
        goal = (float(PROMISED), _("promise %(n)d %%") % {"n": PROMISED})
        return bars(width, stacks, names, most=100, target=goal)

    return Board(
        slug="promises",
        title=_("Which promise fails?"),
        say=_say_promises(rows),
        definition=_(
            "Limits whose day lies in the period and is over. Late is what ended after"
            " its date or stands on the ledger as a breach; what is late and still open"
            " counts. A paused limit has no date."
        ),
        denominator=_("n %(n)s limits") % {"n": count(due)},
        head=(
            *(_("Step"), _("Fell due"), _("In time"), _("Late, done")),
            *(_("Late, open"), pgettext("share", "In time")),
        ),
        body=body,
        draw=draw,
    )


def _over(ctx: Ctx) -> date:
    """Limits of a day count when it is over, so that no figure moves by the hour."""
    yesterday = date.fromordinal(ctx.today.toordinal() - 1)
    return min(ctx.asked.last, yesterday)


def _say_promises(rows: list[tuple[str, int, int, int]]) -> str:
    if not rows:
        return _("No limit fell due in this period.")
    shares = {
        step: 100 * kept / (kept + late + still) for step, kept, late, still in rows
    }
    worst = min(shares, key=lambda step: shares[step])
    if shares[worst] >= PROMISED:
        return _("None: each limit was kept in at least %(n)d %% of cases.") % {
            "n": PROMISED
        }
    failed = sum(share < PROMISED for share in shares.values())
    return _(
        "%(step)s most: %(share)s in time against a promise of %(promise)d %%."
        " %(failed)d of %(all)d steps are below it."
    ) % {
        "step": step_name(worst),
        "share": percent(shares[worst], 100),
        "promise": PROMISED,
        "failed": failed,
        "all": len(shares),
    }


# Time ---------------------------------------------------------------------------------


def how_long(ctx: Ctx) -> Board:
    """Within how many days half and nine in ten got their decision, by month."""
    months = _months(ctx)
    rows = []
    whole: Counter[int] = Counter()
    for month, begin, end in months:
        days = Counter(
            {
                key[0]: n
                for key, n in ctx.reader.sums(
                    "took", "number", first=begin, last=end
                ).items()
            }
        )
        whole.update(days)
        rows.append((month, sum(days.values()), within(days, 50), within(days, 90)))
    decided = sum(whole.values())
    body = tuple(
        (
            Cell(month_name(month)),
            Cell(count(n), ctx.rows(fig="took", **_limits(months, place))),
            Cell(_days(half)),
            Cell(_days(most)),
        )
        for place, (month, n, half, most) in enumerate(rows)
    )

    def draw(width: int) -> Picture:
        series = (
            Series(
                _("9 in 10: %(n)s d") % {"n": _last(rows, 3)},
                "l2c",
                [r[3] for r in rows],
            ),
            Series(
                _("half: %(n)s d") % {"n": _last(rows, 2)}, "l1", [r[2] for r in rows]
            ),
        )
        goal = (float(STATUTORY_DAYS), _("by law"))
        return lines(
            width, series, [month_name(r[0]) for r in rows], target=goal, height=250
        )

    say = _("Nothing was decided in this period.")
    if decided:
        say = _(
            "Half of all decisions within %(half)s, nine in ten within %(most)s."
        ) % {
            "half": _days(within(whole, 50)),
            "most": _days(within(whole, 90)),
        }
    return Board(
        slug="how-long",
        title=_("How long does it take?"),
        say=say,
        definition=_(
            "Days from receipt to the first decision, by month of decision; a begun day"
            " counts whole. Reopened cases keep their first start."
        ),
        denominator=_("n %(n)s decided") % {"n": count(decided)},
        head=(_("Month"), _("Decided"), _("Half within"), _("Nine in ten within")),
        body=body if decided else (),
        draw=draw,
        trap=_("No mean: a few very long cases would hide behind many short ones."),
    )


def within(days: "Counter[int]", share: int) -> int | None:
    """The smallest number of days within which ``share`` per cent were done."""
    whole, so_far = sum(days.values()), 0
    for number in sorted(days):
        so_far += days[number]
        if so_far * 100 >= whole * share:
            return number
    return None


def _days(number: int | None) -> str:
    return _("none") if number is None else _("%(n)d d") % {"n": number}


def _last(rows: list[tuple[date, int, int | None, int | None]], place: int) -> str:
    known = [row[place] for row in rows if row[place] is not None]
    return str(known[-1]) if known else "-"


def _months(ctx: Ctx) -> list[tuple[date, date, date]]:
    """(month, its first and last day in the period)."""
    found, month = [], month_of(ctx.asked.first)
    while month <= ctx.asked.last:
        end = date.fromordinal(next_month(month).toordinal() - 1)
        found.append((month, max(month, ctx.asked.first), min(end, ctx.asked.last)))
        month = next_month(month)
    return found


def _limits(months: list[tuple[date, date, date]], place: int) -> dict[str, str]:
    _month, begin, end = months[place]
    return {"from": begin.isoformat(), "to": end.isoformat()}


# Hours --------------------------------------------------------------------------------


def hours(ctx: Ctx) -> Board:
    """Received by weekday and hour, in UTC or in the reader's own time; by channel."""
    week = ctx.reader.sums("arrived", "number")
    cells = [[0] * 24 for _day in range(7)]
    for (number,), n in week.items():
        day, hour = divmod((number + ctx.offset) % 168, 24)
        cells[day][hour] += n
    received = sum(week.values())
    names = _weekdays()
    channels = _by_channel(ctx)
    body = (
        *(
            (Cell(name), *(Cell(count(n)) for n in row))
            for name, row in zip(names, cells, strict=True)
        ),
        *channels,
    )
    heads = [f"{hour:02}" for hour in range(24)]
    return Board(
        slug="hours",
        title=_("When do people need us?"),
        say=_say_hours(cells, names),
        definition=_(
            "Complaints received, by weekday and hour in %(zone)s; below them by"
            " channel and hour. The stronger the cell, the more."
        )
        % {"zone": zone_name(ctx.offset)},
        denominator=_("n %(n)s received") % {"n": count(received)},
        head=(_("Day or channel"), *heads),
        body=body if received else (),
        draw=lambda width: heat(width, list(zip(names, cells, strict=True)), heads),
        wide=True,
    )


def zone_name(offset: int) -> str:
    return f"UTC{offset:+d}" if offset else "UTC"


def _weekdays() -> list[str]:
    return [
        *(_("Mon"), _("Tue"), _("Wed"), _("Thu")),
        *(_("Fri"), _("Sat"), _("Sun")),
    ]


def _by_channel(ctx: Ctx) -> list[tuple[Cell, ...]]:
    found = ctx.reader.sums("channel", "channel", "number")
    labels = {
        **{one.value: str(one.label) for one in Channel},
        "restricted": _("Restricted"),
    }
    rows = []
    for code, label in labels.items():
        numbers = [found[code, (hour - ctx.offset) % 24] for hour in range(24)]
        if any(numbers):
            query = (
                "" if code == "restricted" else ctx.rows(fig="channel", channel=code)
            )
            rows.append((Cell(label, query), *(Cell(count(n)) for n in numbers)))
    return rows


def _say_hours(cells: list[list[int]], names: list[str]) -> str:
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
        busiest = _("The busiest day is %(day)s.") % {"day": names[day]}
        return together(words, busiest)
    return words
