"""What letters say, gathered from the rows of a case.

Values are plain: words may be lazy and are said in the language of the letter. Days
that people are told are the last whole day of a limit in the zone of the profile.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from complaints import profiles
from complaints.clocks import last_day
from complaints.models import Complaint, ContactDetails, Decision, PointFinding, Remedy
from complaints.profiles import REPORTING_CURRENCY, Profile, Route, limit_words
from complaints.states import (
    MONEY_KINDS,
    LetterKind,
    Outcome,
    RemedyState,
    SignOffRole,
    Step,
)
from complaints.worded import Worded, known_or

INNER: Final[Mapping[str, tuple[str, ...]]] = {
    "contact": ("name", "email", "phone"),
    "time_frames": ("label", "words"),
    "copy": ("description",),
    "points": ("text", "finding", "reasons"),
    "basis": ("point", "words"),
    "appeal": ("words",),
    "routes": ("name", "time_limit"),
    "grounds": ("text", "finding"),
}
"""Parts that are records, and what each of these must hold to count as there."""

STEP_WORDS: Final = {
    Step.ACKNOWLEDGE: _("We confirm that we have it"),
    Step.ADMIT: _("We say whether we take it up"),
    Step.FIRST_ANSWER: _("First answer from the team that works on it"),
    Step.INVESTIGATE: _("Investigation"),
    Step.DECIDE: _("Decision, once the investigation is done"),
    Step.STATUTORY_DECISION: _("Decision at the latest, counted from receipt"),
    Step.EXECUTE_REMEDY: _("Carrying out what was decided"),
    Step.APPEAL_WINDOW: _("Your time to appeal"),
    Step.APPEAL_RULE: _("Ruling on an appeal"),
}

WITH_ROUTES: Final = frozenset(
    {
        LetterKind.INADMISSIBLE,
        LetterKind.DELAY,
        LetterKind.DECISION,
        LetterKind.RULING,
    }
)


def common(
    kind: str, complaint: Complaint, profile: Profile, now: datetime
) -> dict[str, Any]:
    """What letters of ``kind`` say whatever their cause was."""
    facts: dict[str, Any] = {
        "reference": complaint.reference,
        "received_on": complaint.received_at,
        "written_on": now,
        "zone": profile.timezone,
        "link": link_to(complaint),
        "contact": {
            "name": profile.contact.name,
            "email": profile.contact.email,
            "phone": profile.contact.phone,
            "address": profile.contact.address,
        },
    }
    if kind in WITH_ROUTES:
        known = profile.routes_for(complaint.customer.country)
        facts["routes"] = [route_facts(route) for route in known]
    if kind == LetterKind.RECEIPT:
        facts["time_frames"] = time_frames(profile)
    return facts | _ombudsman(kind, profile, now)


def link_to(complaint: Complaint) -> str:
    """Where this customer reads the case: signed in, or by their own tracking link."""
    if complaint.customer.user_id is None:
        return f"{settings.SITE_URL}/track/"
    return f"{settings.SITE_URL}/complaints/{complaint.reference}/"


def zone_of(complaint: Complaint) -> str:
    """The time zone in which this case is told its days."""
    return profiles.by_key(complaint.profile_key).timezone


def typed_details(complaint: Complaint) -> list[ContactDetails]:
    """Where to write, as it was typed for this case alone (1.b, 2.b)."""
    return known_or(_DETAILS, complaint, "contact_details")


_DETAILS = Worded(lambda case: ContactDetails.objects.filter(complaint=case))


def postal_address(complaint: Complaint) -> list[str]:
    """The lines of an envelope, empty where no street is on file (1.b before 1.a)."""
    other = (p for p in typed_details(complaint) if not p.of_representative)
    person = next((p for p in other if p.street), complaint.customer)
    if not person.street or not person.city:
        return []
    name = person.full_name or complaint.customer.full_name
    town = f"{person.postcode} {person.city}".strip()
    return [line for line in (name, person.street, town, person.country) if line]


def route_facts(route: Route) -> dict[str, Any]:
    names = ("name", "address", "url", "time_limit", "language")
    return {name: getattr(route, name) for name in names}


def time_frames(profile: Profile) -> list[dict[str, Any]]:
    """The published limits in words; the language in force decides which."""
    return [
        {"step": str(step), "label": STEP_WORDS[step], "words": limit_words(limit)}
        for step, limit in profile.time_frames()
    ]


def due_day(complaint: Complaint, step: Step, profile: Profile) -> date | None:
    """The last day of the running clock of ``step``, None where there is none."""
    running = (row for row in complaint.clocks.all() if row.stopped_at is None)
    clock = next((row for row in running if row.step == step), None)
    return last_day(clock.due_at, profile.timezone) if clock else None


def _ombudsman(kind: str, profile: Profile, now: datetime) -> dict[str, Any]:
    """What DISP 1.6.2R adds where an ombudsman's window runs from our letter."""
    window, routes = profile.outside_window, profile.outside_routes
    ombudsman = next((route for route in routes if route.kind == "ombudsman"), None)
    if window is None or ombudsman is None:
        return {}
    facts: dict[str, Any] = {"ombudsman_website": ombudsman.url}
    if kind == LetterKind.RECEIPT:
        facts["what_comes_next"] = _(
            "You get our final response, or a letter that says why it takes longer."
        )
    if kind in (LetterKind.DELAY, LetterKind.DECISION):
        facts["leaflet"] = ombudsman.url
    if kind == LetterKind.DELAY:
        facts["may_refer_now"] = True
    if kind == LetterKind.DECISION:
        facts["six_months"] = limit_words(window)
        facts["waiver"] = _(
            "We do not agree that the ombudsman may take up a complaint that comes "
            "to them later than that."
        )
    return facts


# Receipt ------------------------------------------------------------------------------


def receipt(complaint: Complaint, profile: Profile) -> dict[str, Any]:
    return {
        "admit_by": due_day(complaint, Step.ADMIT, profile),
        "decide_by": due_day(complaint, Step.STATUTORY_DECISION, profile),
        "copy": copy_of(complaint),
    }


def copy_of(complaint: Complaint) -> dict[str, Any]:
    """The complaint as it was filed (RTS 2025/294 Art 4(3)(d))."""
    columns = (
        *("subject", "description", "desired_outcome", "service_reference", "comments"),
        *("facts_from", "facts_until", "loss_description", "amount", "asset"),
    )
    return {
        **{name: getattr(complaint, name) for name in columns},
        "points": [point.text for point in complaint.points.all()],
        "identifiers": [
            {"kind": row.kind, "value": row.value, "network": row.network}
            for row in complaint.identifiers.all()
        ],
    }


# Refusal ------------------------------------------------------------------------------


def refusal(complaint: Complaint, profile: Profile, explanation: str) -> dict[str, Any]:
    ground = next(g for g in profile.grounds if g.code == complaint.refusal_ground)
    return {
        "ground": ground.label,
        "ground_means": ground.explanation,
        "explanation": explanation,
        "complete": True,
        "appeal": appeal_route(complaint, profile),
    }


def appeal_route(complaint: Complaint, profile: Profile) -> dict[str, Any]:
    """How to appeal and by which day; after an appeal, only the outside remains."""
    by = due_day(complaint, Step.APPEAL_WINDOW, profile)
    return {"by": by, "words": limit_words(profile.appeal_window)} if by else {}


# Decision -----------------------------------------------------------------------------


def decision(complaint: Complaint, row: Decision, profile: Profile) -> dict[str, Any]:
    """Everything the decision letter says; ``row`` is the decision in force."""
    findings = list(
        row.findings.select_related("point")
        .prefetch_related("evidence")
        .order_by("point__number")
    )
    return {
        "outcome": Outcome(row.outcome).label if row.outcome else "",
        "kind_of_response": RESPONSES.get(row.outcome, ""),
        "summary": row.summary,
        "points": [_point(finding) for finding in findings],
        "reasons": row.reasons,
        "basis": [_basis(finding) for finding in findings],
        "shares": [
            {"bearer": share.get_bearer_display(), "percent": share.percent}
            for share in row.shares.all()
        ],
        "remedies": [remedy(each) for each in row.live_remedies()],
        "what_changes": row.what_changes,
        "appeal": _appeal_of(complaint, row, profile),
        "second_stage": row.on_appeal,
        "decided_by": complaint.team.label,
        "approved_by": [SignOffRole(sign.capacity).label for sign in row.standing()],
    }


RESPONSES: Final[Mapping[str, Any]] = {
    Outcome.UPHELD: _("This is our final response: we accept the complaint."),
    Outcome.PARTLY_UPHELD: _(
        "This is our final response: we accept the complaint in part."
    ),
    Outcome.REDRESS_WITHOUT_ACCEPTING: _(
        "This is our final response: we offer redress without accepting the complaint."
    ),
    Outcome.NOT_UPHELD: _("This is our final response: we reject the complaint."),
}


def _appeal_of(complaint: Complaint, row: Decision, profile: Profile) -> dict[str, Any]:
    if row.on_appeal:
        return {"by": None, "words": _("used already")}
    return appeal_route(complaint, profile)


def _point(finding: PointFinding) -> dict[str, Any]:
    return {
        "number": finding.point.number,
        "text": finding.point.text,
        "finding": finding.get_outcome_display(),
        "reasons": finding.reasons,
        "rule": finding.rule,
        "evidence": [each.label for each in finding.evidence.all()],
    }


def _basis(finding: PointFinding) -> dict[str, Any]:
    """On what a finding rests: a rule, exhibits, or the plain word that none exist."""
    exhibits = [each.label for each in finding.evidence.all()]
    rests = [finding.rule, *exhibits] if finding.rule else exhibits
    return {
        "point": finding.point.number,
        "words": ", ".join(rests)
        if rests
        else _("There is no evidence on this point."),
    }


def remedy(row: Remedy) -> dict[str, Any]:
    """A remedy in plain values; amounts stay exact."""
    return {
        "kind": row.kind,
        "label": row.get_kind_display(),
        "description": row.description,
        "money": row.kind in MONEY_KINDS,
        "amount": row.amount,
        "asset": row.asset,
        "value": row.reporting_value,
        "currency": row.reporting_currency or REPORTING_CURRENCY,
        "rate": row.rate,
        "rate_at": row.rate_at,
        "on_acceptance": row.on_acceptance,
        "done": row.state == RemedyState.EXECUTED,
    }
