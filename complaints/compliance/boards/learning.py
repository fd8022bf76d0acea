"""What causes it, what it cost, who comes again, and whether figures can be trusted."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.compliance.boards.base import (
    Board,
    Cell,
    Ctx,
    Tile,
    count,
    money,
    month_name,
    percent,
    short,
    together,
)
from complaints.compliance.drawing import Picture
from complaints.compliance.models import month_of
from complaints.compliance.pictures import Series, Stack, bars, lines
from complaints.compliance.rollup.read import BEGINNING, next_month
from complaints.models import ImprovementAction, Outbox, OutboxStatus, RawMessage
from complaints.models.cause import cause_labels
from complaints.states import CauseScope, Intake

FEW = 80
"""Per cent of all that the causes in full tone make together (Pareto)."""


def causes(ctx: Ctx) -> Board:
    """Root causes of what was upheld, most frequent first, and the period before."""
    found = _causes(ctx, ctx.asked.first, ctx.asked.last)
    length = ctx.asked.last - ctx.asked.first
    end = ctx.asked.first - timedelta(days=1)
    before = _causes(ctx, end - length, end)
    systemic = ctx.reader.sums("cause", "kind", sub=CauseScope.SYSTEMIC.value)
    labels = {**cause_labels(), "none": _("Not recorded")}
    acting = _actions(ctx)
    whole, so_far, rows = sum(found.values()), 0, []
    for code, n in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        so_far += n
        rows.append((code, n, so_far, before[code], systemic[(code,)]))
    body = tuple(
        (
            Cell(labels.get(code, code)),
            Cell(count(n), ctx.rows(fig="cause", kind=code)),
            Cell(percent(n, whole)),
            Cell(percent(reached, whole)),
            Cell(count(grave)),
            Cell(count(was)),
            Cell(_moved(was, n)),
            Cell(acting.get(code, _("nobody yet"))),
        )
        for code, n, reached, was, grave in rows
    )

    def draw(width: int) -> Picture:
        stacks = []
        for code, n, reached, _was, _grave in rows:
            vital = (reached - n) * 100 < FEW * whole
            parts = (n,) if vital else (0, 0, 0, n)
            stacks.append(
                Stack(
                    labels.get(code, code),
                    parts,
                    count(n),
                    note=percent(reached, whole),
                )
            )
        return bars(width, stacks)

    return Board(
        slug="causes",
        title=_("What causes it?"),
        say=_say_causes(rows, whole),
        definition=_(
            "Root cause at closing, before that the provisional one, of first decisions"
            " that upheld something; to the right the running share of all. Compared"
            " with as many days before."
        ),
        denominator=_("n %(n)s upheld in full or in part") % {"n": count(whole)},
        head=(
            *(_("Cause"), _("Cases"), _("Share"), _("Running share")),
            *(
                _("Systemic"),
                _("Period before"),
                _("Did it fall?"),
                _("Who acts on it"),
            ),
        ),
        body=body,
        draw=draw,
        trap=_(
            "A measure that is done is no improvement: only a cause that falls is one."
        ),
    )


def _causes(ctx: Ctx, first: date, last: date) -> "Counter[str]":
    sums = ctx.reader.sums("cause", "kind", first=first, last=last)
    return Counter({kind: n for (kind,), n in sums.items()})


def _actions(ctx: Ctx) -> dict[str, str]:
    """Cause -> who does something about it, by when, and what came of it."""
    rows = ImprovementAction.objects.using(settings.READ_DATABASE)
    newest = rows.visible_to(ctx.viewer).select_related("owner").order_by("opened_at")
    return {
        row.cause: " · ".join(
            part
            for part in (
                str(row.owner),
                short(row.due_on),
                row.get_state_display(),
                row.get_verdict_display(),
            )
            if part
        )
        for row in newest
    }


def _moved(was: int, now: int) -> str:
    if was == now:
        return _("as before")
    if not was:
        return _("new in this period")
    share = f"{100 * abs(now - was) / was:.0f}"
    if now < was:
        return _("fell by %(n)s %%") % {"n": share}
    return _("rose by %(n)s %%") % {"n": share}


def _say_causes(rows: list[tuple[str, int, int, int, int]], whole: int) -> str:
    if not whole:
        return _("Nothing was upheld in this period.")
    needed = next(i for i, row in enumerate(rows, 1) if row[2] * 100 >= FEW * whole)
    words = ngettext(
        "%(n)d cause makes %(share)s of what was upheld.",
        "%(n)d causes make %(share)s of what was upheld.",
        needed,
    )
    said = words % {"n": needed, "share": percent(rows[needed - 1][2], whole)}
    _code, n, _reached, was, _grave = rows[0]
    return together(said, _("The first one: %(moved)s.") % {"moved": _moved(was, n)})


# Money --------------------------------------------------------------------------------

BECAME = ("paid", "pending", "not_taken", "reversed")


def redress(ctx: Ctx) -> Board:
    """What was decided in money, by asset, at the value of the day of decision."""
    found = ctx.reader.money("kind", "unit", "sub")
    assets = sorted(
        {key[:2] for key in found}, key=lambda key: (-_worth(found, key), key)
    )
    sums = {word: _sum(found, word) for word in BECAME}
    unit = _units(found)
    body = tuple(_asset_line(ctx, found, asset, unit) for asset, unit in assets)

    def draw(width: int) -> Picture:
        stacks = [
            Stack(
                _asset_name(asset),
                (
                    _value(found, asset, unit, "paid"),
                    _value(found, asset, unit, "pending"),
                ),
                f"{_worth(found, (asset, unit)):,.0f} {unit}",
            )
            for asset, unit in assets
        ]
        return bars(width, stacks, (_("paid"), _("pending")))

    return Board(
        slug="redress",
        title=_("What did it cost?"),
        say=_("Paid %(paid)s, pending %(pending)s, taken back %(back)s %(unit)s.")
        % {
            "paid": money(sums["paid"]),
            "pending": money(sums["pending"]),
            "back": money(sums["reversed"]),
            "unit": unit,
        },
        definition=_(
            "Money of decisions that went out in the period, in the asset and at its"
            " value on the day of the decision. Pending is offered or not yet paid;"
            " what the customer did not take is apart. Two people signed every row."
        ),
        denominator=_("n %(n)s remedies")
        % {"n": count(sum(n for n, _a, _v in found.values()))},
        head=(
            *(_("Asset"), _("Paid"), _("Pending"), _("Not taken"), _("Taken back")),
            *(_("Value, paid"), _("Value, pending")),
        ),
        body=body,
        draw=draw,
        wide=True,
    )


Money = dict[tuple[str, ...], tuple[int, Decimal, Decimal]]
NONE = (0, Decimal(0), Decimal(0))


def _asset_name(asset: str) -> str:
    return _("Restricted") if asset == "restricted" else asset


def _asset_line(ctx: Ctx, found: Money, asset: str, unit: str) -> tuple[Cell, ...]:
    cells = []
    for word in BECAME:
        n, amount, _value = found.get((asset, unit, word), NONE)
        # Amounts of different assets are no sum.
        text = money(amount) if asset != "restricted" else _("hidden")
        query = ctx.rows(fig="money", kind=asset, sub=word) if n else ""
        cells.append(Cell(text, "" if asset == "restricted" else query))
    values = (found.get((asset, unit, word), NONE)[2] for word in BECAME[:2])
    return (
        Cell(_asset_name(asset)),
        *cells,
        *(Cell(f"{money(v)} {unit}") for v in values),
    )


def _value(found: Money, asset: str, unit: str, word: str) -> float:
    return float(found.get((asset, unit, word), NONE)[2])


def _worth(found: Money, key: tuple[str, ...]) -> Decimal:
    return found.get((*key, "paid"), NONE)[2] + found.get((*key, "pending"), NONE)[2]


def _sum(found: Money, word: str) -> Decimal:
    return sum((v for key, (_n, _a, v) in found.items() if key[2] == word), Decimal(0))


def _units(found: Money) -> str:
    return ", ".join(sorted({key[1] for key in found})) or "EUR"


# Again --------------------------------------------------------------------------------


def again(ctx: Ctx) -> Board:
    """Who complained again within a year, and which cases were opened again."""
    found = ctx.reader.sums("again", "start", "kind", daily=True)
    back = ctx.reader.sums("in", "start", "kind", daily=True)
    rows = [
        (
            month,
            _in(found, month, "first"),
            _in(found, month, "again"),
            _in(back, month, "reopen"),
        )
        for month in _months(ctx)
    ]
    received = sum(row[1] + row[2] for row in rows)
    repeats, reopened = sum(row[2] for row in rows), sum(row[3] for row in rows)
    body = tuple(
        (
            Cell(month_name(month)),
            Cell(count(first + more)),
            Cell(count(more), ctx.rows(fig="again", kind="again", **_of(ctx, month))),
            Cell(percent(more, first + more)),
            Cell(count(opened), ctx.rows(fig="in", kind="reopen", **_of(ctx, month))),
        )
        for month, first, more, opened in rows
    )

    def draw(width: int) -> Picture:
        series = (
            Series(
                _("again %(n)s") % {"n": count(rows[-1][2])}, "l1", [r[2] for r in rows]
            ),
            Series(
                _("reopened %(n)s") % {"n": count(rows[-1][3])},
                "l2c",
                [r[3] for r in rows],
            ),
        )
        return lines(width, series, [month_name(r[0]) for r in rows], height=250)

    return Board(
        slug="again",
        title=_("Was it solved?"),
        say=_(
            "%(share)s came from people who had complained within a year; %(n)s cases"
            " were opened again."
        )
        % {"share": percent(repeats, received), "n": count(reopened)}
        if received
        else _("Nothing was received in this period."),
        definition=_(
            "Complaints received from a customer who had complained in the 365 days"
            " before, second copies left out. Records are one customer only where they"
            " are proven to be one person. Reopened by month of reopening."
        ),
        denominator=_("n %(n)s received") % {"n": count(received)},
        head=(
            _("Month"),
            _("Received"),
            _("Complained again"),
            _("Share"),
            _("Reopened"),
        ),
        body=body if received else (),
        draw=draw if rows else None,
    )


def _months(ctx: Ctx) -> list[date]:
    found, month = [], month_of(ctx.asked.first)
    while month <= min(ctx.asked.last, ctx.today):
        found.append(month)
        month = next_month(month)
    return found


def _in(sums: "Counter[tuple[Any, ...]]", month: date, kind: str) -> int:
    end = next_month(month)
    return sum(
        n for (day, one), n in sums.items() if one == kind and month <= day < end
    )


def _of(ctx: Ctx, month: date) -> dict[str, str]:
    end = next_month(month) - timedelta(days=1)
    begin, end = max(month, ctx.asked.first), min(end, ctx.asked.last)
    return {"from": begin.isoformat(), "to": end.isoformat()}


# Quality ------------------------------------------------------------------------------


def quality(ctx: Ctx) -> Board:
    """What has to be cleared up before any of the rest can be believed."""
    flags = ctx.reader.sums("flag", "kind", daily=True, first=BEGINNING, last=ctx.today)
    using = settings.READ_DATABASE
    held = RawMessage.objects.using(using).filter(outcome__in=["", Intake.HELD]).count()
    dead = Outbox.objects.using(using).filter(status=OutboxStatus.DEAD).count()
    lag = int((ctx.now - ctx.as_of).total_seconds() // 60)
    topic, owner = flags[("no_topic",)], flags[("no_owner",)]
    tiles = (
        Tile(held, _("messages held or not read"), "late" if held else ""),
        Tile(
            topic,
            _("open without a topic"),
            "soon" if topic else "",
            ctx.rows(fig="flag", kind="no_topic"),
        ),
        Tile(dead, _("notices that could not be sent"), "late" if dead else ""),
        Tile(
            owner,
            _("admitted, nobody has taken it"),
            "soon" if owner else "",
            ctx.rows(fig="flag", kind="no_owner"),
        ),
        Tile(lag, _("minutes behind the ledger"), "soon" if lag > LATE_AFTER else ""),
    )
    things = held + topic + dead + owner
    words = ngettext("%(n)s thing to clear up", "%(n)s things to clear up", things)
    return Board(
        slug="quality",
        title=_("Can these figures be trusted?"),
        say=words % {"n": count(things)},
        definition=_(
            "As it stands now, whatever the period: messages that wait for a person,"
            " open complaints without a topic or without anybody who took them, notices"
            " given up, and how far the roll-ups are behind the ledger."
        ),
        denominator=_("n %(n)s in sum") % {"n": count(things)},
        head=(_("What"), _("Number")),
        body=tuple(
            (Cell(tile.words), Cell(count(tile.number), tile.url)) for tile in tiles
        ),
        draw=lambda width: bars(
            width,
            [
                Stack(
                    tile.words,
                    (0, 0, tile.number) if tile.level == "late" else (tile.number,),
                    count(tile.number),
                )
                for tile in tiles[:-1]
            ],
        ),
        tiles=tiles,
    )


LATE_AFTER = 5
"""Minutes; the refresh comes every half minute."""
