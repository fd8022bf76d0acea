"""The decision as the customer reads it, and each remedy that is offered with it."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from complaints import profiles
from complaints.format import listed
from complaints.models import Clock, Complaint, Decision, Letter, Remedy
from complaints.permissions import Viewer
from complaints.portal.steps import next_step
from complaints.portal.viewer import case_view
from complaints.profiles import limit_words
from complaints.selectors.case_file import read_file
from complaints.selectors.public_date import last_day
from complaints.states import (
    DecisionStatus,
    LetterKind,
    RemedyKind,
    RemedyState,
    Responsibility,
    State,
    Step,
)
from complaints.templatetags.look import amount, written
from complaints.together import rows_of
from complaints.workflow import available_transitions

SEEN = (DecisionStatus.ISSUED, DecisionStatus.SUPERSEDED)
TWO = {Responsibility.EXCHANGE, Responsibility.CUSTOMER}


def issued_decision(case: Complaint) -> Decision | None:
    """The newest decision that was sent; drafts and proposals are nobody's business."""
    rows = [row for row in case.decisions.all() if row.issued_at and row.status in SEEN]
    return max(rows, key=lambda row: row.number, default=None)


@require_safe
@case_view
def show(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    read_file(case)
    decision = issued_decision(case)
    if decision is None:
        raise Http404
    may = available_transitions(case, viewer, seen=True)
    offers = {offer.name: offer for offer in may}
    remedies = decision.live_remedies()
    context = {
        "case": case,
        "decision": decision,
        "status": str(case.public_label),
        "points": points(decision),
        "shares": shares(decision),
        "remedies": [_row(remedy, case) for remedy in remedies],
        "choice": _choice(case, remedies, offers),
        "next": next_step(case),
        "routes": routes(case),
        "facts": _facts(case, decision),
        "letter": _newest(case, LetterKind.DECISION),
    }
    return render(request, "portal/decision.html", context)


def _newest(case: Complaint, kind: str) -> Letter | None:
    rows = [row for row in case.letters.all() if row.kind == kind]
    return max(rows, key=lambda row: row.written_at, default=None)


def points(decision: Decision) -> list[dict[str, Any]]:
    """Each point with its finding, reasons, rule and the exhibits they may see."""
    rows = rows_of(decision.findings, "point", "evidence")
    return [
        {
            "number": row.point.number,
            "point": row.point.text,
            "finding": row.outcome,
            "reason": row.reasons,
            "basis": row.rule,
            "exhibits": [
                exhibit(decision.complaint, evidence) for evidence in row.evidence.all()
            ],
        }
        for row in rows
    ]


def exhibit(case: Complaint, evidence: Any) -> dict[str, str]:
    """A link where the file is shared; else only its number, never its name."""
    if not evidence.shared_with_customer:
        return {"words": _("%(number)s, our record") % {"number": evidence.label}}
    return {
        "words": f"{evidence.label} {evidence.original_name}",
        "url": reverse("portal:evidence", args=[case.reference, evidence.number]),
    }


def shares(decision: Decision) -> dict[str, Any]:
    """The bar for two, words for more, nothing for one alone with everything."""
    rows = list(decision.shares.all())
    by = {row.bearer: row.percent for row in rows}
    if set(by) == TWO:
        return {"us": by[Responsibility.EXCHANGE], "you": by[Responsibility.CUSTOMER]}
    return {"rows": [(row.get_bearer_display(), row.percent) for row in rows]}


def _row(remedy: Remedy, case: Complaint) -> dict[str, Any]:
    open_offer = remedy.state == RemedyState.OFFERED and case.state == State.ANSWERED
    return {
        "what": what(remedy),
        "value": remedy.amount,
        "asset": remedy.asset if remedy.amount is not None else "",
        "money": worth(remedy),
        "state": state_words(remedy),
        "done": remedy.state == RemedyState.EXECUTED,
        "url": (
            reverse("portal:remedy", args=[case.reference, remedy.pk])
            if open_offer
            else ""
        ),
    }


def what(remedy: Remedy) -> str:
    """The kind in words, with what the handler wrote of it."""
    kind = str(RemedyKind(remedy.kind).label)
    if not remedy.description:
        return kind
    return _("%(kind)s: %(description)s") % {
        "kind": kind,
        "description": remedy.description,
    }


def worth(remedy: Remedy) -> str:
    """The value in the reporting currency and the day of its rate."""
    if remedy.reporting_value is None or remedy.rate_at is None:
        return ""
    return _("%(value)s %(currency)s on %(day)s") % {
        "value": amount(remedy.reporting_value),
        "currency": remedy.reporting_currency,
        "day": written(remedy.rate_at, "date"),
    }


def state_words(remedy: Remedy) -> str:
    """Where a remedy stands, with the day on which it was done."""
    done_at = _done_at(remedy)
    if remedy.state == RemedyState.EXECUTED and done_at is not None:
        return _("Done on %(day)s") % {"day": written(done_at, "date")}
    if remedy.state == RemedyState.OFFERED:
        return _("If you accept")
    return str(RemedyState(remedy.state).label)


def _done_at(remedy: Remedy) -> datetime | None:
    payout = getattr(remedy, "payout", None)
    return payout.finished_at if payout else None


# Accept or appeal --------------------------------------------------------------------


def _choice(
    case: Complaint, remedies: list[Remedy], offers: dict[str, Any]
) -> dict[str, Any] | None:
    """Both halves in words while both are open; else None."""
    accept = offers.get("accept")
    if accept is None or not accept.allowed:
        return None
    windows = [row for row in case.clocks.all() if row.step == Step.APPEAL_WINDOW]
    window = max(windows, key=lambda row: row.due_at, default=None)
    return {
        "accept_text": accept_words(remedies),
        "accept_url": reverse("portal:accept", args=[case.reference]),
        "appeal_text": _(
            "People who had no part in this decision look at it anew. Name the points "
            "you disagree with."
        ),
        "appeal_url": f"/complaints/{case.reference}/appeal/",
        "by": last_day(window, case) if window else None,
        "neither": neither(window, case),
    }


def accept_words(remedies: list[Remedy]) -> str:
    """What follows from accepting, with the sums that are offered."""
    offered = [row for row in remedies if row.state == RemedyState.OFFERED]
    sums = [f"{amount(r.amount)} {r.asset}" for r in offered if r.amount is not None]
    gives_up = _("You give up the appeal here, but none of the outside routes.")
    if not sums:
        return gives_up
    pays = _("We pay you %(sums)s.") % {"sums": listed(sums)}
    return _("%(first)s %(second)s") % {"first": pays, "second": gives_up}


def offered(case: Complaint) -> list[dict[str, Any]]:
    """What accepting sets going, a row each, for whoever is asked once more."""
    decision = issued_decision(case)
    rows = decision.live_remedies() if decision else []
    return [
        {
            "what": what(row),
            "value": row.amount,
            "asset": row.asset,
            "money": worth(row),
        }
        for row in rows
        if row.state == RemedyState.OFFERED
    ]


def neither(window: Clock | None, case: Complaint) -> str:
    if window is None:
        return ""
    return _(
        "If you do neither, the complaint closes after %(day)s, and an offer that "
        "needs your acceptance ends with it."
    ) % {"day": written(last_day(window, case), "date")}


def routes(case: Complaint) -> list[dict[str, Any]]:
    """The ways outside the house that the rules of this complaint name."""
    known = profiles.by_key(case.profile_key).routes_for(case.customer.country)
    return [
        {
            "code": route.code,
            "name": route.name,
            "url": route.url,
            "text": str(route.address).rstrip(".。"),
            "limit": _limit(route),
            "language": route.language,
            "conditions": route.conditions,
            "fee": route.fee,
        }
        for route in known
    ]


def _limit(route: Any) -> str:
    limit = str(route.time_limit).rstrip(".。")
    return _("Time limit: %(limit)s") % {"limit": limit} if limit else ""


def _facts(case: Complaint, decision: Decision) -> list[dict[str, Any]]:
    rows = [{"term": _("Decided by"), "value": case.team.label}]
    signers = [row.get_capacity_display() for row in decision.standing()]
    if signers:
        rows.append({"term": _("Approved by"), "value": ", ".join(signers)})
    if decision.issued_at is not None:
        taken = (decision.issued_at.date() - case.received_at.date()).days
        days = ngettext("%(days)d day", "%(days)d days", taken) % {"days": taken}
        limit = profiles.by_key(case.profile_key).decision
        rows.append(
            {
                "term": _("Time taken"),
                "value": days,
                "note": _("at most %(limit)s") % {"limit": limit_words(limit)},
            }
        )
    return rows
