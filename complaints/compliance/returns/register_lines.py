"""A line of the register for each complaint, and the mark at its end."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from complaints.compliance.returns.ends import TOGETHER, Counted, stretches, with_ends
from complaints.models import Clock, Complaint, Remedy
from complaints.models.amount import digits
from complaints.permissions import Viewer
from complaints.states import Barrier, Step

HEAD = (
    *("reference", "received_at", "recorded_at", "channel", "language", "profile"),
    *("customer", "account_id", "topic", "severity", "subject", "asset", "amount"),
    *("reporting_value", "state", "team", "acknowledged_at", "ended_at", "outcome"),
    *("measures", "redress", "cause", "cause_scope", "closing_reason", "merged_into"),
    "export",
)
"""The last column says in every line which export it is of; see ``mark_of``."""

MARK: Final = 16
"""Hexadecimal digits of the code in a mark."""

Line = tuple[str, ...]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Order:
    """For whom an export is made: its number, a name, whose rows it may hold, and who
    is told how many lines are written."""

    number: int
    name: str
    viewer: Viewer
    report: Progress


def lines_of(found: "QuerySet[Complaint]", order: Order | None) -> Iterator[Line]:
    number, done = order.number if order else 0, 0
    for stretch in stretches(with_ends(found), TOGETHER):
        yield from _stretch(stretch, number)
        done += len(stretch)
        if order:
            order.report(done)


def mark_of(number: int, reference: str) -> str:
    """What stands at the end of a line: the export, and a code of ours over both.

    A line that turns up somewhere names the export and so the person who took it; a
    mark that was made up or moved to another line does not hold.
    """
    if not number:
        return "0"
    said = f"recourse export 1:{number}:{reference}".encode()
    code = hmac.digest(settings.LEDGER_KEY.encode(), said, "sha256").hex()
    return f"{number}-{code[:MARK]}"


def _stretch(stretch: list[Counted], number: int) -> Iterator[Line]:
    keys = [one.case.pk for one in stretch]
    acknowledged = _acknowledged(keys)
    remedies = _remedies(keys)
    for one in stretch:
        key = one.case.pk
        line = _line(one, acknowledged.get(key), remedies.get(key, []))
        yield (*line, mark_of(number, one.case.reference))


def _acknowledged(keys: list[int]) -> dict[int, datetime | None]:
    clocks = Clock.objects.using(settings.READ_DATABASE).filter(
        complaint_id__in=keys, step=Step.ACKNOWLEDGE
    )
    return dict(clocks.values_list("complaint_id", "stopped_at"))


def _remedies(keys: list[int]) -> dict[int, list[Remedy]]:
    found: dict[int, list[Remedy]] = {}
    rows = Remedy.objects.using(settings.READ_DATABASE).filter(complaint_id__in=keys)
    for row in rows.order_by("pk"):
        found.setdefault(row.complaint_id, []).append(row)
    return found


def _line(one: Counted, acknowledged: datetime | None, remedies: list[Remedy]) -> Line:
    case, end = one.case, one.end
    paid = [r.reporting_value for r in remedies if r.state == "executed"]
    redress = sum(filter(None, paid), Decimal(0))
    return (
        *(case.reference, _at(case.received_at), _at(case.recorded_at), case.channel),
        *(case.language, case.profile_key, str(case.customer_id)),
        *(case.customer.account_id, case.category.code if case.category else ""),
        *(case.severity, case.subject, case.asset, digits(case.amount)),
        *(digits(case.reporting_value), case.state, case.team.code),
        *(_at(acknowledged), _at(end.at if end else None), end.outcome if end else ""),
        *("; ".join(map(_measure, remedies)), digits(redress or None), case.cause),
        *(case.cause_scope, case.closing_reason),
        _merged_into(case),
    )


def _merged_into(case: Complaint) -> str:
    """The case that goes on, unless it stands behind a barrier: then it is nowhere."""
    other = case.merged_into
    return other.reference if other and other.barrier == Barrier.NONE else ""


def _measure(remedy: Remedy) -> str:
    worth = f" {remedy.plain_amount} {remedy.asset}" if remedy.amount else ""
    return f"{remedy.kind}{worth} ({remedy.state})"


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
