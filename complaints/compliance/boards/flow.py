"""Are we keeping up, and what breaks next: flow, ageing, money at risk."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.compliance.boards.base import Board, Cell, Ctx, count, short, weeks
from complaints.compliance.drawing import Picture
from complaints.compliance.pictures import Series, Stack, columns, lines
from complaints.compliance.rollup.read import BEGINNING

AGES = ((0, 3), (4, 15), (16, 35), (36, 56), (57, None))
"""Days since receipt, both ends included; the last one has no end."""


def keeping_up(ctx: Ctx) -> Board:
    """What came in, what left, and what was open at the end of each week."""
    first, last = ctx.asked.first, min(ctx.asked.last, ctx.today)
    spans = weeks(first, last) if first <= last else []
    came = ctx.reader.sums("in", "start", "kind", daily=True)
    left = ctx.reader.sums("out", "start", daily=True)
    level = _open_before(ctx, first)
    rows = []
    for begin, end in spans:
        new = _within(came, begin, end, "received")
        back = _within(came, begin, end) - new
        gone = _within(left, begin, end)
        level += new + back - gone
        rows.append((begin, new, back, gone, level))
    received = sum(row[1] for row in rows)
    ended = sum(row[3] for row in rows)
    body = tuple(
        (
            Cell(short(begin)),
            Cell(count(new), _day_rows(ctx, spans, place, "in", "received")),
            Cell(count(back), _day_rows(ctx, spans, place, "in", "back")),
            Cell(count(gone), _day_rows(ctx, spans, place, "out", "")),
            Cell(count(open_now)),
        )
        for place, (begin, new, back, gone, open_now) in enumerate(rows)
    )

    def draw(width: int) -> Picture:
        newest = rows[-1]
        series = (
            Series(
                _("Open %(n)s") % {"n": count(newest[4])}, "l3", [r[4] for r in rows]
            ),
            Series(
                _("Left %(n)s") % {"n": count(newest[3])}, "l2c", [r[3] for r in rows]
            ),
            Series(
                _("Received %(n)s") % {"n": count(newest[1])},
                "l1",
                [r[1] for r in rows],
            ),
        )
        return lines(width, series, [short(row[0]) for row in rows])

    return Board(
        slug="keeping-up",
        title=_("Are we keeping up?"),
        say=_say_flow(rows),
        definition=_(
            "Received by any channel; came back by appeal, reopening or return to us;"
            " left when staff had nothing more to do; open at the end of the week."
        ),
        denominator=_("n %(in)s received, %(out)s left")
        % {"in": count(received), "out": count(ended)},
        head=(_("Week from"), _("Received"), _("Came back"), _("Left"), _("Open")),
        body=body,
        draw=draw if rows else None,
        wide=True,
        trap=_("Few complaints can mean that people do not find the way to us."),
    )


def _open_before(ctx: Ctx, day: date) -> int:
    before = day - timedelta(days=1)
    came = ctx.reader.sums("in", first=BEGINNING, last=before)
    left = ctx.reader.sums("out", first=BEGINNING, last=before)
    return came[()] - left[()]


def _within(
    found: "Counter[tuple[Any, ...]]", begin: date, end: date, kind: str = ""
) -> int:
    return sum(
        n
        for (day, *rest), n in found.items()
        if begin <= day <= end and (not kind or rest == [kind])
    )


def _day_rows(
    ctx: Ctx, spans: list[tuple[date, date]], place: int, fig: str, kind: str
) -> str:
    begin, end = spans[place]
    others = {"fig": fig, "kind": kind} if kind else {"fig": fig}
    return ctx.rows(**others, **{"from": begin.isoformat(), "to": end.isoformat()})


def _say_flow(rows: list[tuple[date, int, int, int, int]]) -> str:
    if not rows:
        return _("Nothing was reckoned for this period.")
    start = rows[0][4] - rows[0][1] - rows[0][2] + rows[0][3]
    change = rows[-1][4] - start
    if change > 0:
        words = ngettext(
            "No: %(n)s complaint more is open than at the beginning.",
            "No: %(n)s complaints more are open than at the beginning.",
            change,
        )
    elif change < 0:
        words = ngettext(
            "Yes: %(n)s complaint fewer is open than at the beginning.",
            "Yes: %(n)s complaints fewer are open than at the beginning.",
            -change,
        )
    else:
        words = _("As many are open as at the beginning.")
    return words % {"n": count(abs(change))} if "%(n)s" in words else words


# Ageing -------------------------------------------------------------------------------


def ageing(ctx: Ctx) -> Board:
    """Open complaints by days since receipt; those that wait for the customer apart."""
    found = ctx.reader.sums(
        "open", "start", "kind", daily=True, first=BEGINNING, last=ctx.today
    )
    rows = [_aged(ctx, found, low, high) for low, high in AGES]
    open_now = sum(ours + theirs for _label, ours, theirs in rows)
    old = sum(ours + theirs for _label, ours, theirs in rows[-1:])
    near = sum(rows[3][1:])
    body = tuple(
        (
            Cell(label),
            Cell(count(ours), ctx.rows(fig="open", kind="ours", age=str(place))),
            Cell(count(theirs), ctx.rows(fig="open", kind="customer", age=str(place))),
            Cell(count(ours + theirs)),
        )
        for place, (label, ours, theirs) in enumerate(rows)
    )
    return Board(
        slug="ageing",
        title=_("What breaks next?"),
        say=_("Past eight weeks: %(old)s. Within three weeks of them: %(near)s.")
        % {"near": count(near), "old": count(old)},
        definition=_(
            "Complaints in which staff owe the next step, by days since receipt by any"
            " channel, as it stands now whatever the period."
        ),
        denominator=_("n %(n)s open") % {"n": count(open_now)},
        head=(_("Age"), _("With us"), _("Waiting for the customer"), _("Together")),
        body=body,
        draw=lambda width: columns(
            width,
            [
                Stack(label, (ours, theirs), count(ours + theirs))
                for label, ours, theirs in rows
            ],
            (_("with us"), _("waiting for the customer")),
        ),
    )


def age_days(place: int, today: date) -> tuple[date, date]:
    """The days of receipt of one age, oldest first."""
    low, high = AGES[place]
    oldest = BEGINNING if high is None else today - timedelta(days=high)
    return oldest, today - timedelta(days=low)


def age_name(low: int, high: int | None) -> str:
    if high is None:
        return _("over %(n)d d") % {"n": low - 1}
    return _("%(low)d to %(high)d d") % {"low": low, "high": high}


def _aged(
    ctx: Ctx, found: "Counter[tuple[Any, ...]]", low: int, high: int | None
) -> tuple[str, int, int]:
    place = AGES.index((low, high))
    begin, end = age_days(place, ctx.today)
    numbers = {"ours": 0, "customer": 0}
    for (day, kind), n in found.items():
        if begin <= day <= end:
            numbers[kind] += n
    return age_name(low, high), numbers["ours"], numbers["customer"]


# Harm ---------------------------------------------------------------------------------


def at_risk(ctx: Ctx) -> Board:
    """Open complaints with money or access at risk, by age."""
    found = ctx.reader.sums(
        "flag", "start", "kind", daily=True, first=BEGINNING, last=ctx.today
    )
    rows = [
        (age_name(low, high), *_flagged(ctx, found, place))
        for place, (low, high) in enumerate(AGES)
    ]
    risky = sum(row[1] for row in rows)
    stale = sum(row[1] for row in rows[1:])
    body = tuple(
        (
            Cell(label),
            Cell(count(risk), ctx.rows(fig="flag", kind="at_risk", age=str(place))),
            Cell(count(grave), ctx.rows(fig="flag", kind="critical", age=str(place))),
        )
        for place, (label, risk, grave) in enumerate(rows)
    )
    words = ngettext(
        "%(n)s open complaint has money or access at risk; %(old)s for more than"
        " three days.",
        "%(n)s open complaints have money or access at risk; %(old)s for more than"
        " three days.",
        risky,
    )
    return Board(
        slug="at-risk",
        title=_("Who may come to harm?"),
        say=words % {"n": count(risky), "old": count(stale)},
        definition=_(
            "Open complaints marked in triage as money or access at risk, and those of"
            " the highest severity, by days since receipt, as it stands now. Care"
            " markers of customers are read on the case alone."
        ),
        denominator=_("n %(n)s at risk") % {"n": count(risky)},
        head=(_("Age"), _("Money or access at risk"), _("Critical severity")),
        body=body,
        draw=lambda width: columns(
            width,
            [Stack(label, (risk,), count(risk)) for label, risk, _grave in rows],
            (),
        ),
        trap=_("Each view of the cases behind it is on the ledger."),
    )


def _flagged(
    ctx: Ctx, found: "Counter[tuple[Any, ...]]", place: int
) -> tuple[int, int]:
    """How many of one age are at risk, and how many are critical."""
    begin, end = age_days(place, ctx.today)
    numbers = {"at_risk": 0, "critical": 0}
    for (day, kind), n in found.items():
        if kind in numbers and begin <= day <= end:
            numbers[kind] += n
    return numbers["at_risk"], numbers["critical"]
