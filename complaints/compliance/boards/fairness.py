"""Do we decide fairly: outcomes by topic and team, and what appeals say of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from complaints.compliance.boards.base import (
    SMALLEST,
    Board,
    Ctx,
    count,
    outcome_name,
    percent,
    together,
)
from complaints.compliance.drawing import Picture
from complaints.compliance.figures import RESTRICTED
from complaints.compliance.page import Cell, topic_names
from complaints.compliance.pictures import Stack, bars
from complaints.estimates import wilson
from complaints.states import Outcome

FULL, PART = Outcome.UPHELD.value, Outcome.PARTLY_UPHELD.value
OUTCOMES = tuple(Outcome.values)


BARRED = (RESTRICTED, 0)
"""What cases behind a barrier stand under, as topic and as team."""


COLUMNS = ("topic", "team", "kind")
"""Read together: boards take from one answer what they would ask for twice."""


class Group(NamedTuple):
    """Numbers by kind of one topic or team; ``key`` is its code or its id."""

    key: Any
    name: str
    n: "Counter[str]"

    @property
    def whole(self) -> int:
        return self.n.total()

    @property
    def upheld(self) -> int:
        """In full or in part."""
        return self.n[FULL] + self.n[PART]


def fairness(ctx: Ctx) -> Board:
    """First decisions by topic, then by team; under ten are hidden."""
    topics = _grouped(ctx, "outcome", "topic", topic_names())
    teams = _grouped(ctx, "outcome", "team", team_names(ctx))
    decided = sum(row.whole for row in topics)
    shown = _told(topics)
    body = (
        *(_line(ctx, row, shown, "topic") for row in topics),
        *(_line(ctx, row, _told(teams), "decider") for row in teams),
    )
    return Board(
        slug="fairness",
        title=_("Do we decide fairly?"),
        say=_say(topics, shown),
        definition=_(
            "First decisions of the period by main topic and by the team that decided,"
            " with the 95 % interval of what was upheld in full or in part. Fewer than"
            " ten are hidden, and the next one with them where the sum would tell."
        ),
        denominator=_("n %(n)s decided") % {"n": count(decided)},
        head=(
            *(_("Topic or team"), *map(outcome_name, OUTCOMES)),
            *(_("Upheld"), _("95 % from to"), "n"),
        ),
        body=body if decided else (),
        draw=lambda width: _draw(width, topics, shown),
    )


def team_names(ctx: Ctx) -> dict[int, str]:
    """Labels by key, with what barred cases stand under."""
    return {**{team.pk: team.label for team in ctx.teams}, 0: _("Restricted")}


def _grouped(
    ctx: Ctx, measure: str, column: str, names: Mapping[Any, str]
) -> list[Group]:
    """The largest first, then in the order of their names."""
    by: dict[Any, Counter[str]] = {}
    place = COLUMNS.index(column)
    for key, n in ctx.reader.sums(measure, *COLUMNS).items():
        by.setdefault(key[place], Counter())[key[-1]] += n
    known = [key for key in names if key in by]
    unknown = [key for key in by if key not in names]
    rows = [Group(key, names.get(key, str(key)), by[key]) for key in known + unknown]
    return sorted(rows, key=lambda row: -row.whole)


def _told(rows: Sequence[Group]) -> set[Any]:
    """Keys whose numbers are shown; what is hidden comes to ten or more."""
    shown, hidden = set(), 0
    for row in sorted(rows, key=lambda row: (row.whole, str(row.key))):
        if row.whole < SMALLEST or 0 < hidden < SMALLEST:
            hidden += row.whole
        else:
            shown.add(row.key)
    return shown


def _line(ctx: Ctx, row: Group, shown: set[Any], column: str) -> tuple[Cell, ...]:
    if row.key not in shown:
        return (Cell(row.name), *[Cell(_("hidden"))] * (len(OUTCOMES) + 3))

    def numbered(outcome: str) -> Cell:
        of_group = {"fig": "outcome", "kind": outcome, column: str(row.key)}
        query = "" if row.key in BARRED else ctx.rows(**of_group)
        return Cell(count(row.n[outcome]), query)

    low, high = interval(row.upheld, row.whole)
    return (
        Cell(row.name),
        *map(numbered, OUTCOMES),
        Cell(percent(row.upheld, row.whole)),
        Cell(f"{low:.0f} … {high:.0f} %"),
        Cell(count(row.whole)),
    )


def interval(part: int, whole: int) -> tuple[float, float]:
    """Between which per cent the share lies with a probability of 95."""
    found = wilson(part, whole)
    return 100 * found.low, 100 * found.high


def _hidden(name: str) -> Stack:
    return Stack(name, (), "", hidden=_("hidden, fewer than 10 cases"))


def _draw(width: int, rows: Sequence[Group], shown: set[Any]) -> Picture:
    stacks = [_upheld(row) if row.key in shown else _hidden(row.name) for row in rows]
    return bars(width, stacks, (_("in full"), _("in part")), most=100)


def _upheld(row: Group) -> Stack:
    shares = (100 * row.n[FULL] / row.whole, 100 * row.n[PART] / row.whole)
    # The third look is for what is late; here the rest is pale.
    parts = (*shares, 0, 100 - sum(shares))
    words = f"n {count(row.whole)}"
    return Stack(row.name, parts, words, *interval(row.upheld, row.whole))


def _say(rows: Sequence[Group], shown: set[Any]) -> str:
    rates = {row.name: row.upheld / row.whole for row in rows if row.key in shown}
    if not rates:
        return _("Too few decisions to say.")
    best = max(rates, key=lambda name: rates[name])
    least = min(rates, key=lambda name: rates[name])
    if len(rates) == 1:
        return _("%(topic)s: %(share)s upheld in full or in part.") % {
            "topic": best,
            "share": percent(rates[best], 1),
        }
    return _("%(best)s is upheld most (%(high)s), %(least)s least (%(low)s).") % {
        "best": best,
        "high": percent(rates[best], 1),
        "least": least,
        "low": percent(rates[least], 1),
    }


# Appeals ------------------------------------------------------------------------------


KINDS = ("decided", "appealed", "concluded", "changed")


def appeals(ctx: Ctx) -> Board:
    """Of the decisions of the period, how many were appealed and how many changed."""
    rows = _grouped(ctx, "cohort", "team", team_names(ctx))
    rows.sort(key=lambda row: (-row.n["decided"], row.key))
    sums = sum((row.n for row in rows), Counter[str]())
    return Board(
        slug="appeals",
        title=_("Do first decisions hold?"),
        say=_say_appeals(sums),
        definition=_(
            "First decisions of the period by the team that took them; how many were"
            " appealed since, and of the appeals concluded how many changed the"
            " decision or sent it back. Rates over fewer than ten are hidden."
        ),
        denominator=_("n %(n)s decided, %(a)s appealed")
        % {"n": count(sums["decided"]), "a": count(sums["appealed"])},
        head=(
            *(_("Team"), _("Decided"), _("Appealed"), _("Appeal rate")),
            *(_("Concluded"), _("Changed"), _("Of concluded")),
        ),
        body=tuple(_appeal_line(ctx, row) for row in rows),
        draw=lambda width: _draw_appeals(width, rows),
        trap=_(
            "Counted by month of decision: late appeals still raise the newest months."
        ),
    )


def _appeal_line(ctx: Ctx, row: Group) -> tuple[Cell, ...]:
    def numbered(kind: str) -> Cell:
        query = ctx.rows(fig="cohort", kind=kind, decider=str(row.key))
        linked = row.n[kind] and row.key not in BARRED
        return Cell(count(row.n[kind]), query if linked else "")

    decided, appealed, concluded, changed = map(numbered, KINDS)
    return (
        *(Cell(row.name), decided, appealed),
        Cell(_rate(row.n["appealed"], row.n["decided"])),
        *(concluded, changed),
        Cell(_rate(row.n["changed"], row.n["concluded"])),
    )


def _rate(part: int, whole: int) -> str:
    return percent(part, whole) if whole >= SMALLEST else _("hidden")


def _draw_appeals(width: int, rows: Sequence[Group]) -> Picture:
    stacks = [_appealed(row) for row in rows]
    most = max([stack.high or 0 for stack in stacks] + [10])
    return bars(width, stacks, (_("appealed, of decisions"),), most=most)


def _appealed(row: Group) -> Stack:
    decided, appealed = row.n["decided"], row.n["appealed"]
    if decided < SMALLEST:
        return _hidden(row.name)
    return Stack(
        row.name,
        (100 * appealed / decided,),
        percent(appealed, decided),
        *interval(appealed, decided),
        note=f"n {count(decided)}",
    )


def _say_appeals(sums: "Counter[str]") -> str:
    if not sums["decided"]:
        return _("Nothing was decided in this period.")
    words = _("%(share)s of decisions were appealed.") % {
        "share": percent(sums["appealed"], sums["decided"])
    }
    if sums["concluded"] < SMALLEST:
        return words
    more = _("Of %(n)s concluded appeals %(share)s changed the decision.") % {
        "n": count(sums["concluded"]),
        "share": percent(sums["changed"], sums["concluded"]),
    }
    return together(words, more)
