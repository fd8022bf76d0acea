"""The draft of one member of an incident: the shared finding with its own amount.

A draft that somebody has begun by hand is left alone.
"""

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from complaints.errors import IllegalMove, InvalidInput, NotVisible
from complaints.models import (
    Complaint,
    Decision,
    Evidence,
    Incident,
    IncidentCase,
    IncidentFinding,
)
from complaints.permissions import Viewer, as_viewer
from complaints.services import decide
from complaints.services.evidence import Upload, add_evidence
from complaints.states import DecisionStatus, EvidenceKind, RemedyKind, Responsibility
from complaints.templatetags.look import amount as in_words

if TYPE_CHECKING:
    from teams.models import User

SOURCE = "incident"


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
