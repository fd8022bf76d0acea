"""The shared finding of an incident, and the answers that come of it.

What was found is the same for all; letter and amount are each customer's own. Every
answer goes through ``perform`` for its case, with that case's guards and sign-offs. A
decision that somebody changed by hand is not signed together with the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from complaints.errors import (
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
    RecourseError,
)
from complaints.models import (
    Complaint,
    Decision,
    Evidence,
    Incident,
    IncidentCase,
    IncidentFinding,
    RootCause,
)
from complaints.permissions import Viewer, as_viewer
from complaints.services import bulk, decide
from complaints.services.bulk import Given
from complaints.services.evidence import Upload, add_evidence
from complaints.services.incidents import TEXT_LIMIT, hold, may_run, record, visible
from complaints.states import (
    WORKING_STATES,
    DecisionStatus,
    EvidenceKind,
    Finding,
    Outcome,
    RemedyKind,
    Responsibility,
    State,
)
from complaints.templatetags.look import amount as in_words
from complaints.workflow import perform, stands_in_way

if TYPE_CHECKING:
    from teams.models import User

UNPROPOSED = WORKING_STATES - {State.IN_REVIEW, State.REMEDYING, State.APPEALED}
"""States in which a member's amount can still go into its answer."""

ANSWER, SIGN, SEND = "inc_answer", "inc_sign", "inc_send"
SOURCE = "incident"


@dataclass(frozen=True, kw_only=True)
class Words:
    """The finding in one language; ``{amount}`` and ``{reference}`` in the summary."""

    summary: str
    reasons: str
    what_changes: str = ""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What was found, whatever the language."""

    outcome: str
    finding: str
    cause: str
    rule: str = ""
    exchange_share: int = 100


@transaction.atomic
def set_finding(
    *,
    incident: Incident,
    shared: Shared,
    words: Mapping[str, Words],
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Write the finding, {language: words}; a language without reasons is left out.

    Raises ``NotVisible``, ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_may_run(incident, viewer)
    _check(shared)
    fresh = hold(incident)
    for name in Shared.__dataclass_fields__:
        setattr(fresh, name, getattr(shared, name))
    fresh.version += 1
    fresh.save()
    kept = {code: said for code, said in words.items() if said.reasons.strip()}
    fresh.findings.exclude(language__in=kept).delete()
    for language, said in kept.items():
        _keep(fresh, language, said)
    texts = {f"reasons {code}"[:32]: said.reasons for code, said in kept.items()}
    payload = {"outcome": shared.outcome, "languages": sorted(kept)}
    record(fresh, "incident_found", viewer, moment, payload, **texts)


def _ask_may_run(incident: Incident, viewer: Viewer) -> None:
    visible(incident, viewer)
    if not may_run(incident, viewer):
        raise NotPermitted


def _check(shared: Shared) -> None:
    for name, known in (("outcome", Outcome.values), ("finding", Finding.values)):
        if getattr(shared, name) not in known:
            raise InvalidInput(_("This is not one of the choices."), field=name)
    if not RootCause.objects.filter(code=shared.cause, active=True).exists():
        raise InvalidInput(_("Choose the root cause."), field="cause")
    if not 0 <= shared.exchange_share <= 100:
        words = _("Enter a number from 0 to 100.")
        raise InvalidInput(words, field="exchange_share")


def _keep(incident: Incident, language: str, said: Words) -> None:
    if not said.summary.strip():
        words = _("Write the outcome and the reasons.")
        raise InvalidInput(words, field=f"{language}-summary")
    if max(len(said.summary), len(said.reasons), len(said.what_changes)) > TEXT_LIMIT:
        words = _("Write at most 10,000 characters.")
        raise InvalidInput(words, field=f"{language}-reasons")
    IncidentFinding.objects.update_or_create(
        incident=incident, language=language, defaults=vars(said)
    )


# Amounts ------------------------------------------------------------------------------


@transaction.atomic
def set_amounts(
    *,
    incident: Incident,
    amounts: Mapping[int, Decimal | None],
    asset: str,
    rate: Decimal,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> int:
    """What customers get, by key of the case, in ``asset`` at ``rate``; how many.

    Only where no answer is proposed: afterwards another amount would stand here than
    in what is signed and sent. Raises ``InvalidInput`` for an amount that is none.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_may_run(incident, viewer)
    if not rate.is_finite() or rate <= 0:
        words = _("Enter the rate to the reporting currency.")
        raise InvalidInput(words, field="rate")
    for amount in amounts.values():
        if amount is not None and (not amount.is_finite() or amount <= 0):
            words = _("Enter the amount as a number, such as 0.25")
            raise InvalidInput(words, field="amount")
    fresh = hold(incident)
    seen = Complaint.objects.visible_to(viewer).filter(
        pk__in=amounts, state__in=sorted(UNPROPOSED)
    )
    rows = list(
        IncidentCase.objects.filter(incident=fresh, complaint__in=seen, removed_at=None)
    )
    for row in rows:
        row.amount = amounts[row.complaint_id]
        row.asset, row.rate = asset.strip().upper()[:16], rate
    IncidentCase.objects.bulk_update(rows, ["amount", "asset", "rate"], batch_size=200)
    said = {"asset": asset, "rate": rate, "cases": [row.complaint_id for row in rows]}
    record(fresh, "incident_amounts_set", viewer, moment, said)
    return len(rows)


# One case -----------------------------------------------------------------------------


def member_of(case: Complaint, incident: Incident) -> IncidentCase:
    """The membership. Raises ``NotVisible`` where it is none."""
    rows = IncidentCase.objects.filter(
        incident=incident, complaint=case, removed_at=None
    )
    found = rows.select_related("incident").first()
    if found is None:
        raise NotVisible(_("This case is not in the incident."))
    return found


@transaction.atomic
def draft_for(
    *, member: IncidentCase, actor: "User | Viewer", now: datetime | None = None
) -> Decision:
    """Put the shared finding into the draft of a member, with its own amount.

    Raises ``InvalidInput`` where there are no words in the customer's language, and
    ``IllegalMove`` where somebody has begun a draft by hand.
    """
    case, viewer = member.complaint, as_viewer(actor)
    said = _words_for(case, member.incident)
    draft = decide.draft_of(complaint=case, actor=viewer)
    if not _is_ours(draft, member):
        raise IllegalMove(_("Somebody has begun a draft by hand; it is left alone."))
    file = _finding_file(case, said, viewer, now)
    for point in case.points.all():
        finding = decide.NewFinding(
            point=point,
            outcome=member.incident.finding,
            reasons=said.reasons,
            rule=member.incident.rule,
            evidence=(file,),
        )
        decide.set_finding(complaint=case, finding=finding, actor=viewer)
    _share(case, member.incident, viewer)
    _repay(case, draft, member, viewer)
    _write(case, draft, member, said, viewer)
    fresh = Decision.objects.get(pk=draft.pk)
    member.drafted = fresh.current_hash()
    IncidentCase.objects.filter(pk=member.pk).update(drafted=member.drafted)
    return fresh


def _words_for(case: Complaint, incident: Incident) -> IncidentFinding:
    said = incident.findings.filter(language=case.language).first()
    if not incident.outcome or said is None:
        name = get_language_info(case.language)["name_translated"]
        words = _("There is no shared finding in this language: %(language)s.")
        raise InvalidInput(words % {"language": name})
    return said


def _is_ours(draft: Decision, member: IncidentCase) -> bool:
    """Nothing stands in it, or exactly what this put there."""
    empty = not (draft.summary or draft.reasons or draft.outcome)
    untouched = empty and not draft.findings.exists() and not draft.live_remedies()
    return untouched or draft.current_hash() == member.drafted


def _finding_file(
    case: Complaint, said: IncidentFinding, viewer: Viewer, now: datetime | None
) -> Evidence:
    """The finding as a sealed document of the case; one for each wording."""
    content = f"{said.reasons}\n".encode()
    digest = sha256(content).hexdigest()
    known = case.evidence.filter(source=SOURCE, sha256=digest).first()
    if known is not None:
        return known
    return add_evidence(
        complaint=case,
        upload=Upload(f"incident-{said.incident_id}.txt", content),
        actor=viewer,
        kind=EvidenceKind.SYSTEM_LOG,
        source=SOURCE,
        shared=True,
        now=now,
    )


def _share(case: Complaint, incident: Incident, viewer: Viewer) -> None:
    ours = incident.exchange_share
    rest = {Responsibility.THIRD_PARTY.value: 100 - ours} if ours < 100 else {}
    shares = {Responsibility.EXCHANGE.value: ours, **rest}
    decide.set_shares(complaint=case, shares=shares, actor=viewer)


def _repay(
    case: Complaint, draft: Decision, member: IncidentCase, viewer: Viewer
) -> None:
    """The member's own amount, offered; an apology where there is none."""
    for remedy in draft.live_remedies():
        decide.remove_remedy(remedy=remedy, actor=viewer)
    if member.amount is None:
        new = decide.NewRemedy(kind=RemedyKind.APOLOGY)
    else:
        new = decide.NewRemedy(
            kind=RemedyKind.REFUND,
            amount=member.amount,
            asset=member.asset,
            rate=member.rate,
            on_acceptance=True,
        )
    decide.add_remedy(complaint=case, remedy=new, actor=viewer)


def _write(
    case: Complaint,
    draft: Decision,
    member: IncidentCase,
    said: IncidentFinding,
    viewer: Viewer,
) -> None:
    """The words, and the decisions of other members as the similar ones looked at."""
    paid = f"{in_words(member.amount)} {member.asset}" if member.amount else ""
    summary = said.summary.replace("{amount}", paid)
    decide.write_draft(
        complaint=case,
        actor=viewer,
        outcome=member.incident.outcome,
        summary=summary.replace("{reference}", case.reference),
        reasons=said.reasons,
        what_changes=said.what_changes,
        cause=member.incident.cause,
        precedents_seen=True,
    )
    seen = Complaint.objects.visible_to(viewer).filter(
        incidents__incident=member.incident, incidents__removed_at=None
    )
    rows = Decision.objects.filter(
        complaint__in=seen.exclude(pk=case.pk), status=DecisionStatus.ISSUED
    )
    similar = list(rows.order_by("-issued_at")[:3])
    decide.keep_precedents(complaint=case, decisions=similar, actor=viewer)


# Many at once ---------------------------------------------------------------------


def _answer(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    """Take it where nobody has it, draft and propose."""
    member = member_of(case, given["incident"])
    with transaction.atomic():
        if case.state == State.ASSIGNED:
            perform(case, "take", actor=viewer, expected_version=version)
        draft_for(member=member, actor=viewer)
        perform(case, "propose_decision", actor=viewer, expected_version=case.version)
    return True


def proposed_otherwise(member: IncidentCase) -> IllegalMove | None:
    """Why a case is not signed with the others: somebody has written in its decision,
    or none is proposed."""
    decision = member.complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is not None and decision.current_hash() == member.drafted:
        return None
    return IllegalMove(
        _("It is not proposed as the shared finding made it; sign it on its page.")
    )


def _sign(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    """Sign off, and approve where that was the last name needed."""
    member = member_of(case, given["incident"])
    member.complaint = case
    other = proposed_otherwise(member)
    if other is not None:
        raise other
    with transaction.atomic():
        perform(case, "sign_off", actor=viewer, expected_version=version)
        signed = case.current_decision(DecisionStatus.PROPOSED)
        if signed is not None and not signed.missing_capacities():
            perform(case, "approve_decision", actor=viewer)
    return True


def _send(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    member_of(case, given["incident"])
    perform(case, "issue_decision", actor=viewer, expected_version=version)
    return True


def _answerable(case: Complaint, viewer: Viewer) -> RecourseError | None:
    if case.state == State.ASSIGNED:
        return stands_in_way(case, "take", viewer)
    return stands_in_way(case, "propose_decision", viewer)


def _moves(name: str) -> "bulk.Way":
    return lambda case, viewer: stands_in_way(case, name, viewer)


ACTS: Mapping[str, bulk.Act] = {
    ANSWER: bulk.Act(_("Draft and propose"), _answerable, _answer),
    SIGN: bulk.Act(_("Sign off"), _moves("sign_off"), _sign),
    SEND: bulk.Act(_("Send the decisions"), _moves("issue_decision"), _send),
}
bulk.sign_up(ACTS)
