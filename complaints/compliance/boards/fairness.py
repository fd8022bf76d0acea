"""Do we decide fairly: outcomes by topic and team, and what appeals say of them."""

from collections import Counter

from django.utils.translation import gettext as _

from complaints.compliance.boards.base import (
    SMALLEST,
    Board,
    Cell,
    Ctx,
    count,
    interval,
    outcome_name,
    percent,
    team_names,
    together,
    topic_names,
)
from complaints.compliance.drawing import Picture
from complaints.compliance.pictures import Stack, bars
from complaints.states import Outcome

FULL, PART = Outcome.UPHELD.value, Outcome.PARTLY_UPHELD.value
OUTCOMES = tuple(Outcome.values)


def fairness(ctx: Ctx) -> Board:
    """First decisions by topic, then by team; under ten are hidden."""
    topics = _grouped(ctx, "topic", topic_names())
    teams = _grouped(ctx, "team", team_names())
    decided = sum(sum(numbers.values()) for _key, _name, numbers in topics)
    shown = _told(topics)
    body = (
        *(_line(ctx, row, shown, "topic") for row in topics),
        *(_line(ctx, row, _told(teams), "team") for row in teams),
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
            _("Topic or team"),
            *map(outcome_name, OUTCOMES),
            _("Upheld"),
            _("95 % from to"),
            "n",
        ),
        body=body if decided else (),
        draw=lambda width: _draw(width, topics, shown),
    )


Row = tuple[object, str, "Counter[str]"]


def _grouped(
    ctx: Ctx, column: str, names: "dict[object, str] | dict[str, str] | dict[int, str]"
) -> list[Row]:
    found = ctx.reader.sums("outcome", column, "kind")
    by: dict[object, Counter[str]] = {}
    for (key, kind), n in found.items():
        by.setdefault(key, Counter())[kind] += n
    order = list(names)
    known = [key for key in order if key in by] + [
        key for key in by if key not in order
    ]
    rows = [(key, names.get(key, str(key)), by[key]) for key in known]  # type: ignore[call-overload]
    return sorted(rows, key=lambda row: -sum(row[2].values()))


def _told(rows: list[Row]) -> set[object]:
    """Keys whose numbers are shown; what is hidden comes to ten or more."""
    sizes = sorted((sum(numbers.values()), str(key), key) for key, _n, numbers in rows)
    hidden: set[object] = set()
    together = 0
    for size, _name, key in sizes:
        if size < SMALLEST or 0 < together < SMALLEST:
            hidden.add(key)
            together += size
    return {key for key, _name, _numbers in rows} - hidden


def _line(ctx: Ctx, row: Row, shown: set[object], column: str) -> tuple[Cell, ...]:
    key, name, numbers = row
    whole = sum(numbers.values())
    if key not in shown:
        return (Cell(name), *(Cell(_("hidden")) for _one in range(len(OUTCOMES) + 3)))
    low, high = interval(numbers[FULL] + numbers[PART], whole)
    return (
        Cell(name),
        *(
            Cell(count(numbers[code]), _query(ctx, column, key, code))
            for code in OUTCOMES
        ),
        Cell(percent(numbers[FULL] + numbers[PART], whole)),
        Cell(f"{100 * low:.0f} … {100 * high:.0f} %"),
        Cell(count(whole)),
    )


def _query(ctx: Ctx, column: str, key: object, code: str) -> str:
    if key in ("restricted", 0):
        return ""
    if column == "topic":
        return ctx.rows(fig="outcome", kind=code, topic=str(key))
    return ctx.rows(fig="outcome", kind=code, decider=str(key))


def _draw(width: int, rows: list[Row], shown: set[object]) -> Picture:
    stacks = []
    for key, name, numbers in rows:
        whole = sum(numbers.values())
        if key not in shown:
            stacks.append(Stack(name, (), "", hidden=_("hidden, fewer than 10 cases")))
            continue
        full, part = numbers[FULL], numbers[PART]
        low, high = interval(full + part, whole)
        shares = (100 * full / whole, 100 * part / whole)
        rest = 100 - sum(shares)
        # The third look is for what is late; here the rest is pale.
        stacks.append(
            Stack(name, (*shares, 0, rest), f"n {count(whole)}", 100 * low, 100 * high)
        )
    return bars(width, stacks, (_("in full"), _("in part")), most=100)


def _say(rows: list[Row], shown: set[object]) -> str:
    rates = {
        name: (numbers[FULL] + numbers[PART]) / sum(numbers.values())
        for key, name, numbers in rows
        if key in shown
    }
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


def appeals(ctx: Ctx) -> Board:
    """Of the decisions of the period, how many were appealed and how many changed."""
    found = ctx.reader.sums("cohort", "team", "kind")
    names = team_names()
    teams = sorted({key[0] for key in found}, key=lambda pk: -found[pk, "decided"])
    rows = [
        (pk, names.get(pk, str(pk)), *(found[pk, kind] for kind in KINDS))
        for pk in teams
    ]
    sums = [sum(row[place] for row in rows) for place in range(2, 6)]
    body = tuple(_appeal_line(ctx, row) for row in rows)

    def draw(width: int) -> Picture:
        stacks = []
        for _pk, name, decided, appealed, _concluded, _changed in rows:
            if decided < SMALLEST:
                stacks.append(
                    Stack(name, (), "", hidden=_("hidden, fewer than 10 cases"))
                )
                continue
            low, high = interval(appealed, decided)
            stacks.append(
                Stack(
                    name,
                    (100 * appealed / decided,),
                    percent(appealed, decided),
                    100 * low,
                    100 * high,
                    note=f"n {count(decided)}",
                )
            )
        most = max([stack.high or 0 for stack in stacks] + [10])
        return bars(width, stacks, (_("appealed, of decisions"),), most=most)

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
        % {"n": count(sums[0]), "a": count(sums[1])},
        head=(
            *(_("Team"), _("Decided"), _("Appealed"), _("Appeal rate")),
            *(_("Concluded"), _("Changed"), _("Of concluded")),
        ),
        body=body,
        draw=draw,
        trap=_(
            "Counted by month of decision: late appeals still raise the newest months."
        ),
    )


KINDS = ("decided", "appealed", "concluded", "changed")


def _appeal_line(
    ctx: Ctx, row: "tuple[int, str, int, int, int, int]"
) -> tuple[Cell, ...]:
    pk, name, decided, appealed, concluded, changed = row

    def numbered(n: int, kind: str) -> Cell:
        query = ctx.rows(fig="cohort", kind=kind, decider=str(pk)) if pk and n else ""
        return Cell(count(n), query)

    return (
        Cell(name),
        numbered(decided, "decided"),
        numbered(appealed, "appealed"),
        Cell(_rate(appealed, decided)),
        numbered(concluded, "concluded"),
        numbered(changed, "changed"),
        Cell(_rate(changed, concluded)),
    )


def _rate(part: int, whole: int) -> str:
    return percent(part, whole) if whole >= SMALLEST else _("hidden")


def _say_appeals(sums: list[int]) -> str:
    decided, appealed, concluded, changed = sums
    if not decided:
        return _("Nothing was decided in this period.")
    words = _("%(share)s of decisions were appealed.") % {
        "share": percent(appealed, decided)
    }
    if concluded < SMALLEST:
        return words
    more = _("Of %(n)s concluded appeals %(share)s changed the decision.") % {
        "n": count(concluded),
        "share": percent(changed, concluded),
    }
    return together(words, more)
