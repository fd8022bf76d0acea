"""What stands on the page of one case: everything, on one screen, without tabs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from complaints.admin.acts import open_acts
from complaints.admin.acts.work import hand_overs
from complaints.admin.clock_lines import clock_lines
from complaints.admin.compose import Sent, composer, last_said
from complaints.admin.decision_view import (
    in_hand,
    may_draft,
    newest_decision,
    similar_here,
)
from complaints.admin.listed import file_lines, letter_lines
from complaints.admin.moves import Button, buttons_of
from complaints.admin.presence_view import here_words
from complaints.admin.story import story_lines
from complaints.countries import country_name
from complaints.models import (
    LINK_ENDED,
    CareMarker,
    Complaint,
    Decision,
    Evidence,
    Identifier,
    Incident,
    Message,
    ReplyTemplate,
    StaffDraft,
    Stream,
    Tag,
    Watch,
)
from complaints.models.desk import PRESENCE_LIVES
from complaints.permissions import (
    Viewer,
    hears_of_care,
    reads_care,
)
from complaints.registry import lacks_of
from complaints.selectors.case_file import read_file
from complaints.selectors.desk import MOST_TAGS, of_case, tags_met, wanted_here
from complaints.selectors.incidents import incidents_of
from complaints.selectors.orders import order_lines
from complaints.selectors.receipts import is_urgent, receipts_of
from complaints.selectors.related import named_elsewhere, related_cases
from complaints.selectors.signers import signatures
from complaints.selectors.sla import chip
from complaints.selectors.timeline import story_page
from complaints.services import take_back
from complaints.services.barriers import kinds_for
from complaints.services.consult import WAYS
from complaints.services.reply_words import language_of, templates_of
from complaints.services.tags import may_tag
from complaints.services.task_list import finishes
from complaints.states import Channel, DecisionStatus, ScanState
from complaints.together import Part, Shape
from complaints.worded import Worded
from teams.models import Absence, Team

DONE_SHOWN = 3


def case_rows(viewer: Viewer) -> QuerySet[Complaint]:
    """Visible cases with all that the head of the page names."""
    return Complaint.objects.visible_to(viewer).select_related(
        "customer", "category", "team", "handler", "merged_into", "recorded_by"
    )


_ONE_CASE = Worded(lambda viewer, case: case_rows(viewer).filter(pk=case))


def case_row(viewer: Viewer, pk: int) -> Complaint | None:
    """The one of ``case_rows`` with this key."""
    return next(iter(_ONE_CASE.rows(viewer, case=pk)), None)


def case_context(
    case: Complaint, viewer: Viewer, *, sent: Sent | None = None
) -> dict[str, Any]:
    """Everything the template shows of a case from ``case_rows``, read once.

    ``sent``: see ``compose.composer``.
    """
    file = read_file(case, *_beside(case, viewer))
    near = Near._make([*file.beside[:KNOWN], file.beside[KNOWN:]])
    decision = newest_decision(case)
    return {
        "case": case,
        **_head(case, viewer, file.absences),
        **_facts(case, viewer, near, decision),
        **_said(case, viewer, near, file.teams, sent),
        **_proofs(case, near.files),
        **_decided(case, decision, viewer),
        **_rail(case, viewer),
        **_order(near, viewer),
    }


class Near(NamedTuple):
    """Rows read with the file of a case, in the order of ``_beside``."""

    drafts: list[StaffDraft]
    markers: list[CareMarker]
    last: list[Message]
    tags: list[Tag]
    watches: list[Watch]
    named: list[Identifier]
    files: list[Evidence]
    templates: list[ReplyTemplate]
    incidents: list[Incident]
    met: list[Tag]
    streams: list[Stream]
    present: list[list[Any]]


KNOWN = len(Near._fields) - 1
"""Every field but the last is one read."""


def _of_reader(case: int, customer: int, reader: int) -> list[QuerySet[Any]]:
    """What of it depends on nothing but keys, so that its SQL is written once."""
    return [
        StaffDraft.objects.filter(complaint=case, user=reader),
        CareMarker.objects.filter(party=customer).defer("note", "kind"),
        last_said(case),
        Tag.objects.filter(case_tags__complaint=case),
        Watch.objects.filter(complaint=case, user=reader),
        named_elsewhere(case),
    ]


_OF_READER = Shape(_of_reader)


def _of_viewer(
    viewer: Viewer, case: int, team: int, language: str, stream: str, lately: datetime
) -> list[QuerySet[Any]]:
    """What of it depends on what the viewer may read."""
    return [
        Evidence.objects.visible_in(case, viewer),
        templates_of(team, language).defer("text"),
        incidents_of(case, viewer),
        tags_met(viewer)[:MOST_TAGS],
        Stream.objects.filter(name=stream),
        *wanted_here([case], viewer, lately),
    ]


_OF_VIEWER = Shape(_of_viewer)


def _beside(case: Complaint, viewer: Viewer) -> list[QuerySet[Any] | Part]:
    """What is read with the file of the case: this viewer's unsent texts, whether there
    is a care marker (and no word of it), the last message, its tags, whether this
    viewer watches it, who names the same, the files they see, templates, the incident
    it is in, tags that could be put on it, how long its ledger is, who else is here."""
    return [
        *_OF_READER.parts(
            case=case.pk, customer=case.customer_id, reader=viewer.user.pk
        ),
        *_OF_VIEWER.parts(
            viewer,
            case=case.pk,
            team=case.team_id,
            language=language_of(case),
            stream=case.stream,
            lately=viewer.at - PRESENCE_LIVES,
        ),
    ]


def _facts(
    case: Complaint, viewer: Viewer, near: Near, decision: Decision | None
) -> dict[str, Any]:
    """What was raised, what is to be done, and what it has to do with."""
    return {
        "acts": open_acts(case, viewer),
        "points": _points(case, decision),
        "tasks": _tasks(case, viewer),
        "related": related_cases(case, viewer, near.named),
        "incidents": near.incidents,
        "care": bool(near.markers) if hears_of_care(case, viewer) else None,
        "reads_care": reads_care(case, viewer),
    }


def _said(
    case: Complaint,
    viewer: Viewer,
    near: Near,
    teams: Mapping[int, Team],
    sent: Sent | None,
) -> dict[str, Any]:
    """What was and what may be said: composer, story, letters, advice."""
    story = story_page(case, viewer, near.files, teams=teams)
    return {
        "write": composer(case, viewer, near.drafts, near.templates, near.last, sent),
        "channel_words": _channel_words(case),
        "story": story_lines(story),
        "letters": letter_lines(case),
        "check": getattr(case, "compliance_check", None),
        "notes": case.compliance_notes.all(),
    }


def _proofs(case: Complaint, seen: list[Evidence]) -> dict[str, Any]:
    return {
        "evidence": file_lines(case, seen),
        "unscanned": any(row.scan_state == ScanState.NOT_SCANNED for row in seen),
    }


def _order(near: Near, viewer: Viewer) -> dict[str, Any]:
    here = of_case(*near.present)
    return {
        "tags": near.tags,
        "tags_met": [tag for tag in near.met if tag not in near.tags],
        "may_tag": may_tag(viewer),
        "watched": bool(near.watches),
        "seq": near.streams[0].seq if near.streams else 0,
        "here": here_words([one for people in here.values() for one in people]),
    }


def _tasks(case: Complaint, viewer: Viewer) -> list[dict[str, Any]]:
    """Open ones first, the first due of them first; of the done ones the newest."""
    rows = list(case.tasks.all())
    done = [task for task in rows if task.done_at]
    done.sort(key=lambda task: task.done_at or viewer.at, reverse=True)
    shown = [*(task for task in rows if not task.done_at), *done[:DONE_SHOWN]]
    today = timezone.localdate()
    return [
        {
            "task": task,
            "may_finish": finishes(task, viewer),
            "late": bool(task.due_on and not task.done_at and task.due_on < today),
        }
        for task in shown
    ]


def _head(case: Complaint, viewer: Viewer, absences: list[Absence]) -> dict[str, Any]:
    """State, limit, what holds it up, and what can be done, the refused with their
    reasons."""
    buttons = sorted(buttons_of(case, viewer), key=_for_customer)
    return {
        "chip": chip(case, timezone.now()),
        "tag": "" if case.public_label == "waiting" else case.public_label,
        "open_moves": [b for b in buttons if b.offer.allowed],
        "refused_moves": [b for b in buttons if not b.offer.allowed],
        "lacks": lacks_of(case),
        "away": next((row for row in absences if row.goes_on(viewer.at)), None),
        "hand_overs": hand_overs(case, viewer),
        "holds": [hold for hold in case.legal_holds.all() if hold.lifted_at is None],
        "receipts": receipts_of([case])[case.pk] if is_urgent(case) else None,
    }


def _decided(
    case: Complaint, decision: Decision | None, viewer: Viewer
) -> dict[str, Any]:
    return {
        "decision": decision,
        "shares": list(decision.shares.all()) if decision else [],
        "signatures": signatures(decision),
        "own_proposal": _is_own(decision, viewer),
        "may_draft": may_draft(case, viewer),
        "draft": in_hand(case),
        "remedies": _remedies(case, viewer),
        "similar": similar_here(case, viewer),
    }


def _is_own(decision: Decision | None, viewer: Viewer) -> bool:
    """Whether this person proposed what now waits for the names of others."""
    waits = decision is not None and decision.status == DecisionStatus.PROPOSED
    return waits and decision.proposed_by_id == viewer.user.pk  # type: ignore[union-attr]


def _rail(case: Complaint, viewer: Viewer) -> dict[str, Any]:
    """Limits, the customer, and who else has to do with the case."""
    return {
        "clocks": clock_lines(case, timezone.now()),
        "contacts": [c for c in case.customer.contacts.all() if c.proof != LINK_ENDED],
        "representatives": case.representatives.all(),
        "identifiers": case.identifiers.all(),
        "conflicts": [c for c in case.conflicts.all() if c.lifted_at is None],
        "measures": case.interim_measures.all(),
        "protection": [
            asked
            for asked in case.protection_requests.all()
            if asked.answered_at is None
        ],
        "consultations": [
            access for access in case.accesses.all() if access.kind in WAYS
        ],
        "barrier_kinds": kinds_for(viewer),
        "language_words": _language(case.language),
        "country_words": country_name(case.customer.country),
    }


def _for_customer(button: Button) -> bool:
    """The desk's own moves come first, those in the customer's name after them."""
    return button.offer.spec.by_customer


def _points(case: Complaint, decision: Decision | None) -> list[dict[str, Any]]:
    """Each point with its finding and the evidence this names."""
    found: dict[int, Any] = {}
    if decision is not None:
        found = {row.point_id: row for row in decision.findings.all()}
    return [
        {"point": point, "finding": found.get(point.pk)} for point in case.points.all()
    ]


def _channel_words(case: Complaint) -> str:
    """Where a reply goes: "E-mail and portal, in English"."""
    portal = Channel.PORTAL.label
    ways = portal if case.channel == Channel.PORTAL else _("%(channel)s and %(portal)s")
    return _("%(ways)s, in %(language)s") % {
        "ways": ways % {"channel": case.get_channel_display(), "portal": portal},
        "language": _language(case.language),
    }


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _remedies(case: Complaint, viewer: Viewer) -> list[dict[str, Any]]:
    listed = []
    for remedy in case.remedies.all():
        buttons = buttons_of(remedy, viewer)
        listed.append(
            {
                "remedy": remedy,
                "open": [b for b in buttons if b.offer.allowed],
                "refused": [b for b in buttons if not b.offer.allowed],
                "lines": order_lines(remedy),
                "take_back": take_back.may_ask(remedy, viewer),
                "answer": take_back.may_answer(remedy, viewer),
            }
        )
    return listed
