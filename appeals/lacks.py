"""What a case under appeal lacks that nobody at work on it can give."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals import panel, subject
from appeals.independence import TEAM, ties_to
from appeals.judges import choosers, judges
from appeals.models import Appeal, Referral, ReferralState
from appeals.models.referral import UNDECIDED
from appeals.services.outside.passed_on import open_ones
from complaints.models import Complaint
from complaints.registry import Lack, look
from complaints.selectors.lacks import signatures_lacking
from complaints.selectors.signers import unsignable
from complaints.states import DecisionStatus, State
from complaints.transitions import Words
from complaints.untied import Level, responsible

BEFORE_AN_ANSWER = frozenset(
    {State.ASSIGNED, State.INVESTIGATING, State.AWAITING_CUSTOMER, State.IN_REVIEW}
)

NEW_REVIEWER = gettext_lazy(
    "An administrator can add a reviewer to the appeals team, who is then chosen by "
    "itself."
)

LOOKED_AT = (*UNDECIDED, ReferralState.AWARDED)


@look
def outside_stage(complaint: Complaint) -> Iterator[Lack]:
    """A seat, an objection or a sign-off of the award that nobody independent has."""
    if not _may_be_outside(complaint):
        return
    rows = Referral.objects.filter(complaint=complaint, state__in=LOOKED_AT)
    row = rows.select_related("award__decision", "appeal__complaint").first()
    if row is not None and row.state in UNDECIDED:
        yield from _no_arbitrator(row)
        yield from _undecided(row)
    elif row is not None:
        yield from _award_unsigned(row)


def _no_arbitrator(row: Referral) -> Iterator[Lack]:
    if not row.is_arbitration:
        return
    if row.seats.filter(left_at=None).count() < row.wanted:
        yield Lack(
            _("No independent arbitrator is left for this case."),
            _seen_to(
                row.appeal,
                _(
                    "Somebody is added to the register, then appointed again on the "
                    "page of the outside stage."
                ),
            ),
        )


def _undecided(row: Referral) -> Iterator[Lack]:
    """An objection of the customer that nobody of the desk may decide."""
    if not open_ones(row):
        return
    found = judges(row)
    if found.level != Level.DESK:
        yield Lack(
            _("An objection to an arbitrator waits, and the desk may not decide it."),
            found.words,
        )


def _seen_to(appeal: Appeal, how: Words) -> str:
    """By whom, by name, and how."""
    found = responsible(appeal.complaint, choosers(), ties_to(appeal))
    return f"{found.words} {how}"


def _award_unsigned(row: Referral) -> Iterator[Lack]:
    made = getattr(row, "award", None)
    decision = made.decision if made is not None else None
    if decision is not None and decision.status == DecisionStatus.PROPOSED:
        roles = unsignable(decision, ties_to(row.appeal))
        yield from signatures_lacking(roles, TEAM)


def _may_be_outside(complaint: Complaint) -> bool:
    """Nothing goes outside before a first answer; asked of what a page has read."""
    if complaint.state not in BEFORE_AN_ANSWER:
        return True
    return any(row.issued_at is not None for row in complaint.decisions.all())


@look
def nobody_independent(complaint: Complaint) -> Iterator[Lack]:
    """No reviewer, or a sign-off of the new decision that nobody may give."""
    if complaint.state != State.APPEALED:
        return
    appeal = subject.living(complaint)
    if appeal is None or not appeal.in_hand:
        return
    if appeal.reviewer_id is None:
        yield Lack(
            _("Nobody independent is left to review the appeal."),
            _seen_to(appeal, NEW_REVIEWER),
        )
    if panel.is_panel(appeal) and len(panel.members(appeal)) < len(panel.SEATS):
        yield Lack(
            _("Nobody independent is left for the panel of three."),
            _seen_to(appeal, NEW_REVIEWER),
        )
    yield from _unsigned(appeal)


def _unsigned(appeal: Appeal) -> Iterator[Lack]:
    decision = appeal.new_decision
    if decision is not None and decision.status == DecisionStatus.PROPOSED:
        yield from signatures_lacking(unsignable(decision, ties_to(appeal)), TEAM)
