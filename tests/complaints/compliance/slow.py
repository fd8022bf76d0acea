"""The figures of the boards, counted one by one from the register in plain Python.

It shares nothing with the roll-ups: no SQL of theirs, no marks, no tallies.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from complaints.models import Clock, Complaint, Decision, Event, Remedy
from complaints.states import DECIDED_STATES, FINAL_STATES
from teams.models import Team

DONE = DECIDED_STATES | FINAL_STATES


def day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


class Slow:
    """Counts for [first, last]; ``today`` is the day as of which it is counted."""

    def __init__(self, first: date, last: date, today: date) -> None:
        self.first, self.last, self.today = first, last, today
        self.cases = list(
            Complaint.objects.select_related("category__parent", "team").order_by("pk")
        )
        self.events: dict[int, list[Event]] = defaultdict(list)
        for event in Event.objects.order_by("stream", "seq"):
            if event.stream.startswith("complaint:"):
                self.events[int(event.stream.split(":")[1])].append(event)

    def within(self, moment: datetime) -> bool:
        return self.first <= day(moment) <= self.last

    def team(self, case: Complaint) -> int:
        return 0 if case.barrier else case.team_id

    def topic(self, case: Complaint) -> str:
        if case.barrier:
            return "restricted"
        if case.category is None:
            return "none"
        return (case.category.parent or case.category).code

    # Flow -----------------------------------------------------------------------------

    def moves(self) -> Iterable[tuple[date, str, str]]:
        """(day, "in" or "out", what) of all time."""
        for case in self.cases:
            yield day(case.received_at), "in", "received"
            for event in self.events[case.pk]:
                if event.object_type != "complaint" or not event.target:
                    continue
                before, after = event.source in DONE, event.target in DONE
                if before and not after:
                    yield day(event.at), "in", event.what
                if after and not before and event.source:
                    yield day(event.at), "out", event.what

    def weekly(self) -> list[tuple[int, int, int, int]]:
        """(received, came back, left, open at the end) of each week."""
        moves, found = list(self.moves()), []
        start = self.first - timedelta(days=self.first.weekday())
        end_of_all = min(self.last, self.today)
        while start <= end_of_all:
            begin, end = (
                max(start, self.first),
                min(start + timedelta(days=6), end_of_all),
            )
            here = [move for move in moves if begin <= move[0] <= end]
            new = sum(way == "in" and what == "received" for _d, way, what in here)
            back = sum(way == "in" and what != "received" for _d, way, what in here)
            gone = sum(way == "out" for _d, way, _what in here)
            level = sum(1 if way == "in" else -1 for d, way, _w in moves if d <= end)
            found.append((new, back, gone, level))
            start += timedelta(days=7)
        return found

    def aged(self) -> list[tuple[int, int]]:
        """(with us, waiting for the customer) by age."""
        found = []
        for low, high in ((0, 3), (4, 15), (16, 35), (36, 56), (57, 10**6)):
            here = [
                case
                for case in self.working()
                if low <= (self.today - day(case.received_at)).days <= high
            ]
            theirs = sum(case.state == "awaiting_customer" for case in here)
            found.append((len(here) - theirs, theirs))
        return found

    def working(self) -> list[Complaint]:
        return [case for case in self.cases if case.state not in DONE]

    # Limits ---------------------------------------------------------------------------

    def limits(self) -> dict[str, tuple[int, int, int]]:
        """Step -> (kept, late and done, late and open)."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        end = min(self.last, self.today - timedelta(days=1))
        for clock in Clock.objects.all():
            if not self.first <= day(clock.due_at) <= end:
                continue
            if clock.stopped_at is None:
                if clock.paused_at is None:
                    found[clock.step][2] += 1
                continue
            late = clock.breached_at is not None or clock.stopped_at > clock.due_at
            found[clock.step][late] += 1
        return {step: (n[0], n[1], n[2]) for step, n in found.items()}

    # Decisions ------------------------------------------------------------------------

    def firsts(self) -> list[tuple[Complaint, Decision, int]]:
        """The first decision of each case in the period, with the team that decided."""
        found = []
        for case in self.cases:
            decided = [
                row
                for row in Decision.objects.filter(complaint=case, on_appeal=False)
                if row.issued_at and row.status in ("issued", "superseded")
            ]
            if not decided:
                continue
            first = min(decided, key=lambda row: (row.issued_at, row.pk))
            assert first.issued_at is not None
            if self.within(first.issued_at):
                found.append((case, first, self._decider(case, first.issued_at)))
        return found

    def _decider(self, case: Complaint, at: datetime) -> int:
        if case.barrier:
            return 0
        named = [
            event.payload["team"]
            for event in self.events[case.pk]
            if event.what in ("admit", "reroute") and event.at <= at
        ]
        return int(named[-1]) if named else case.team_id

    def days_taken(self) -> list[int]:
        found = []
        for case, first, _team in self.firsts():
            assert first.issued_at is not None
            begun = int(case.received_at.timestamp())
            seconds = int(first.issued_at.timestamp()) - begun
            found.append(max(-(-seconds // 86400), 1))
        return sorted(found)

    def outcomes(self) -> Counter[tuple[str, str]]:
        return Counter((self.topic(c), d.outcome) for c, d, _team in self.firsts())

    def cohorts(self) -> dict[int, tuple[int, int, int, int]]:
        """Team -> (decided, appealed, concluded, changed)."""
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for case, first, team in self.firsts():
            later = [
                event
                for event in self.events[case.pk]
                if event.object_type == "complaint" and event.at >= first.issued_at
            ]
            concluded = [event for event in later if event.what == "conclude_appeal"]
            found[team][0] += 1
            found[team][1] += any(event.what == "lodge_appeal" for event in later)
            found[team][2] += bool(concluded)
            found[team][3] += any(
                event.target in ("remedying", "investigating") for event in concluded
            )
        return {team: (n[0], n[1], n[2], n[3]) for team, n in found.items()}

    def causes(self) -> Counter[str]:
        return Counter(
            case.cause or first.cause or "none"
            for case, first, _team in self.firsts()
            if first.outcome in ("upheld", "partly_upheld")
        )

    def money(self) -> dict[tuple[str, str], tuple[int, Decimal, Decimal]]:
        """(asset, what became of it) -> remedies, amount, value."""
        words = {
            "executed": "paid",
            "reversed": "reversed",
            "refused": "not_taken",
            "lapsed": "not_taken",
        }
        found: dict[tuple[str, str], tuple[int, Decimal, Decimal]] = {}
        rows = Remedy.objects.exclude(state="cancelled").exclude(amount=None)
        for row in rows.select_related("decision", "complaint"):
            issued = row.decision.issued_at
            out = row.decision.status in ("issued", "superseded")
            if not out or issued is None or not self.within(issued):
                continue
            asset = "restricted" if row.complaint.barrier else row.asset
            key = (asset, words.get(row.state, "pending"))
            n, amount, value = found.get(key, (0, Decimal(0), Decimal(0)))
            found[key] = (
                n + 1,
                amount + (row.amount or 0),
                value + (row.reporting_value or 0),
            )
        return found

    # People and hours -----------------------------------------------------------------

    def repeats(self) -> int:
        """Received in the period by somebody who had complained within a year."""
        found = 0
        for case in self.cases:
            if case.state == "merged" or not self.within(case.received_at):
                continue
            found += any(
                other.customer_id == case.customer_id
                and other.merged_into_id is None
                and (other.received_at, other.pk) < (case.received_at, case.pk)
                and case.received_at - other.received_at < timedelta(days=365)
                for other in self.cases
            )
        return found

    def hours(self) -> list[list[int]]:
        cells = [[0] * 24 for _day in range(7)]
        for case in self.cases:
            if self.within(case.received_at):
                at = case.received_at.astimezone(UTC)
                cells[at.weekday()][at.hour] += 1
        return cells

    def flags(self) -> dict[str, int]:
        now = self.working()
        return {
            "no_topic": sum(case.category_id is None for case in now),
            "no_owner": sum(
                case.handler_id is None and case.state != "received" for case in now
            ),
            "at_risk": sum(case.funds_at_risk for case in now),
            "critical": sum(case.severity == "critical" for case in now),
        }


def team_labels() -> dict[int, str]:
    return {**{team.pk: team.label for team in Team.objects.all()}, 0: "Restricted"}


def numbers(body: Iterable[Iterable[Any]], *columns: int) -> list[tuple[int, ...]]:
    """These columns of a table, as numbers."""
    rows = [list(row) for row in body]
    return [
        tuple(int(row[column].text.replace(",", "")) for column in columns)
        for row in rows
    ]
