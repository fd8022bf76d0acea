"""The draft of a decision: findings, shares and remedies, before it is proposed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_UP, Decimal, localcontext
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, payouts
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import (
    Complaint,
    Decision,
    Evidence,
    Point,
    PointFinding,
    Remedy,
    ResponsibilityShare,
    RootCause,
)
from complaints.permissions import Viewer, as_viewer, is_handler
from complaints.profiles.base import REPORTING_CURRENCY
from complaints.states import (
    MONEY_KINDS,
    DecisionStatus,
    Executor,
    Finding,
    Outcome,
    RemedyKind,
    RemedyState,
    Responsibility,
    State,
)
from complaints.workflow import perform
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User

DRAFT_FIELDS = (
    "outcome",
    "summary",
    "reasons",
    "what_changes",
    "precedents_seen",
    "departs",
    "departure_reason",
    "cause",
)


@dataclass(frozen=True, kw_only=True)
class NewRemedy:
    """A remedy to be proposed; money needs amount, asset, rate and its time.

    ``executor`` empty: chosen by the kind (see ``executor_of``).
    """

    kind: str
    description: str = ""
    amount: Decimal | None = None
    asset: str = ""
    rate: Decimal | None = None
    rate_at: datetime | None = None
    on_acceptance: bool = False
    destination: str = ""
    executor: str = ""


@dataclass(frozen=True, kw_only=True)
class NewFinding:
    """What was found on one point; evidence by primary key, or none said so."""

    point: Point
    outcome: str
    reasons: str
    rule: str = ""
    evidence: tuple[Evidence, ...] = field(default=())
    no_evidence: bool = False


def draft_of(
    *, complaint: Complaint, actor: "User | Viewer", on_appeal: bool = False
) -> Decision:
    """The draft in hand: the present one, or the next number after a returned one.

    A returned decision is copied whole, findings, shares and remedies with it, so
    that what was signed before stays as it was.
    """
    viewer = as_viewer(actor)
    _ask_may_draft(complaint, viewer, on_appeal)
    newest = complaint.decisions.order_by("-number").first()
    if newest is not None and newest.status == DecisionStatus.DRAFT:
        return newest
    return _next_draft(complaint, newest, viewer, on_appeal)


def _ask_may_draft(complaint: Complaint, viewer: Viewer, on_appeal: bool) -> None:
    state = State.APPEALED if on_appeal else State.INVESTIGATING
    if complaint.state != state:
        raise IllegalMove
    if not on_appeal and not is_handler(complaint, viewer):
        raise NotPermitted


@transaction.atomic
def _next_draft(
    complaint: Complaint, newest: Decision | None, viewer: Viewer, on_appeal: bool
) -> Decision:
    returned = newest is not None and newest.status == DecisionStatus.RETURNED
    draft = Decision(
        complaint=complaint,
        number=(newest.number if newest else 0) + 1,
        language=complaint.language,
        drafted_by=viewer.user,
        on_appeal=on_appeal,
    )
    if newest is not None and returned:
        for name in DRAFT_FIELDS:
            setattr(draft, name, getattr(newest, name))
    draft.save()
    if newest is not None and returned:
        _copy_parts(newest, draft)
    return draft


def _copy_parts(old: Decision, draft: Decision) -> None:
    draft.precedents.set(old.precedents.all())
    # Not prefetched: `set` would take what was, and think that it stands already.
    for finding in old.findings.all():
        evidence = list(finding.evidence.all())
        finding.pk, finding.decision = None, draft
        finding._state.adding = True
        finding.save()
        finding.evidence.set(evidence)
    for share in old.shares.all():
        ResponsibilityShare.objects.create(
            decision=draft, bearer=share.bearer, percent=share.percent
        )
    for remedy in old.live_remedies():
        _save_remedy(draft, _as_new(remedy))
        perform(remedy, "cancel", actor=system_actor())


def _as_new(remedy: Remedy) -> NewRemedy:
    names = NewRemedy.__dataclass_fields__
    return NewRemedy(**{name: getattr(remedy, name) for name in names})


def write_draft(
    *, complaint: Complaint, actor: "User | Viewer", **fields: Any
) -> Decision:
    """Set fields of the draft (``DRAFT_FIELDS``). Raises ``InvalidInput``."""
    draft = draft_of(complaint=complaint, actor=actor)
    _set_fields(draft, fields)
    return draft


def keep_precedents(
    *, complaint: Complaint, decisions: Iterable[Decision], actor: "User | Viewer"
) -> None:
    """Write down which similar decisions were looked at: those the actor could see."""
    draft = draft_of(complaint=complaint, actor=actor)
    draft.precedents.set(decisions)


def put_fields(draft: Decision, **fields: Any) -> None:
    """The same for a draft somebody may already write (an appeal's)."""
    _set_fields(draft, fields)


def _set_fields(draft: Decision, fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(DRAFT_FIELDS)
    if unknown:
        raise InvalidInput(_("Unknown field."), field=sorted(unknown)[0])
    _check_choice("outcome", fields.get("outcome"), Outcome.values)
    if fields.get("cause"):
        _check_choice("cause", fields["cause"], _causes())
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save(update_fields=[*fields, "updated_at"])


def _causes() -> Iterable[str]:
    return RootCause.objects.filter(active=True).values_list("code", flat=True)


def _check_choice(name: str, value: Any, known: Iterable[str]) -> None:
    if value not in (None, "") and value not in known:
        raise InvalidInput(_("This is not one of the choices."), field=name)


@transaction.atomic
def set_finding(
    *, complaint: Complaint, finding: NewFinding, actor: "User | Viewer"
) -> PointFinding:
    """Write or replace the finding on one point of the draft."""
    draft = draft_of(complaint=complaint, actor=actor)
    return put_finding(draft, finding)


def put_finding(draft: Decision, finding: NewFinding) -> PointFinding:
    complaint_id = draft.complaint_id
    strangers = [e for e in finding.evidence if e.complaint_id != complaint_id]
    if finding.point.complaint_id != complaint_id or strangers:
        raise InvalidInput(_("This belongs to another case."), field="point")
    _check_choice("outcome", finding.outcome or "?", Finding.values)
    row, _made = PointFinding.objects.update_or_create(
        decision=draft,
        point=finding.point,
        defaults={
            "outcome": finding.outcome,
            "reasons": finding.reasons,
            "rule": finding.rule,
            "no_evidence": finding.no_evidence and not finding.evidence,
        },
    )
    row.evidence.set(finding.evidence)
    return row


@transaction.atomic
def set_shares(
    *, complaint: Complaint, shares: dict[str, int], actor: "User | Viewer"
) -> None:
    """Write who bears how much, in whole per cent: {bearer: percent}."""
    draft = draft_of(complaint=complaint, actor=actor)
    put_shares(draft, shares)


def put_shares(draft: Decision, shares: dict[str, int]) -> None:
    for bearer, percent in shares.items():
        _check_choice("bearer", bearer or "?", Responsibility.values)
        if not 0 <= percent <= 100:
            raise InvalidInput(_("Enter a number from 0 to 100."), field=bearer)
    draft.shares.all().delete()
    ResponsibilityShare.objects.bulk_create(
        ResponsibilityShare(decision=draft, bearer=bearer, percent=percent)
        for bearer, percent in shares.items()
        if percent
    )


def add_remedy(
    *, complaint: Complaint, remedy: NewRemedy, actor: "User | Viewer"
) -> Remedy:
    """Put a remedy into the draft. Raises ``InvalidInput``."""
    draft = draft_of(complaint=complaint, actor=actor)
    return _save_remedy(draft, remedy)


def put_remedy(draft: Decision, remedy: NewRemedy) -> Remedy:
    """The same for a draft somebody may already write (an appeal's)."""
    return _save_remedy(draft, remedy)


def _save_remedy(draft: Decision, new: NewRemedy) -> Remedy:
    _check_choice("kind", new.kind or "?", RemedyKind.values)
    money = new.kind in MONEY_KINDS
    columns = {name: getattr(new, name) for name in NewRemedy.__dataclass_fields__}
    columns["executor"] = new.executor or executor_of(new.kind)
    columns["asset"] = new.asset.strip().upper()
    columns["rate_at"] = new.rate_at or (timezone.now() if money else None)
    if not money:
        columns |= {"amount": None, "rate": None}
    return Remedy.objects.create(
        complaint=draft.complaint,
        decision=draft,
        reporting_value=_value(new) if money else None,
        **columns,
    )


def executor_of(kind: str) -> Executor:
    """Money goes by the exchange's ledger where one is connected, the rest by hand."""
    by_ledger = kind in MONEY_KINDS and payouts.is_set_up()
    return Executor.HTTP if by_ledger else Executor.MANUAL


def _value(new: NewRemedy) -> Decimal:
    """What a payment is worth in the reporting currency, to the cent, at least one.

    The band of the decision hangs on it, so a rate of nothing, an asset that only
    looks like another and a currency worth other than itself are refused.
    """
    asset = new.asset.strip().upper()
    if new.amount is None or not new.amount.is_finite() or new.amount <= 0:
        raise InvalidInput(
            _("Enter the amount as a number, such as 0.25"), field="amount"
        )
    if not _ASSET.fullmatch(asset):
        raise InvalidInput(_("Name the asset, such as USDT."), field="asset")
    if new.rate is None or not new.rate.is_finite() or new.rate <= 0:
        raise InvalidInput(_("Enter the rate to the reporting currency."), field="rate")
    if asset == REPORTING_CURRENCY and new.rate != 1:
        raise InvalidInput(_("The rate of this currency to itself is 1."), field="rate")
    with localcontext(prec=80):
        value = (new.amount * new.rate).quantize(CENT, ROUND_UP)
    if value >= LARGEST:
        raise InvalidInput(_("This amount is larger than we can keep."), field="amount")
    return value


_ASSET = re.compile(r"[A-Z0-9.$_-]{1,16}")
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 18
"""Of the reporting currency; the column holds 18 digits before the point."""


def remove_remedy(*, remedy: Remedy, actor: "User | Viewer") -> None:
    """Take a remedy out of the draft: it is cancelled, its row stays."""

    draft = draft_of(complaint=remedy.complaint, actor=actor)
    if remedy.decision_id != draft.pk or remedy.state != RemedyState.PROPOSED:
        raise IllegalMove
    perform(remedy, "cancel", actor=system_actor())


@transaction.atomic
def add_point(
    *,
    complaint: Complaint,
    text: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Point:
    """Write down one more thing the customer complains of.

    Raises ``NotPermitted``, ``InvalidInput``, or ``IllegalMove`` once a decision is
    proposed: the new point would be issued without a finding.
    """
    viewer = as_viewer(actor)
    if not is_handler(complaint, viewer):
        raise NotPermitted
    if not text.strip():
        raise InvalidInput(_("Write something first."), field="text", code="empty")
    head = ledger.lock(complaint.stream)
    here = Complaint.objects.filter(pk=complaint.pk, state=State.INVESTIGATING)
    if not here.exists():
        raise IllegalMove
    number = complaint.points.count() + 1
    point = Point.objects.create(complaint=complaint, number=number, text=text.strip())
    ledger.append(
        complaint.stream,
        ledger.Entry("point_added", viewer, now or timezone.now(), {"point": number}),
        head=head,
    )
    return point
