"""From what was filled in to one complaint: who, what, and the files with it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from complaints.models import Category, Complaint, Party, Representative
from complaints.permissions import Viewer
from complaints.portal.annex import OWN, AnnexForm
from complaints.portal.forms import DANGER_CATEGORIES, DANGERS, FilingForm, UrgentForm
from complaints.services import access
from complaints.services.evidence import Upload, add_evidence
from complaints.services.intake import (
    Filing,
    file_complaint,
    guest_party,
    party_of_user,
)
from complaints.states import Channel, EvidenceKind
from teams.system import GUEST, system_actor

if TYPE_CHECKING:
    from teams.models import User

GUEST_SCOPE = "guest-form"
DETAILS = ("facts_from", "facts_until", "loss_description")
ANNEX_DETAILS = (
    *DETAILS,
    "service_reference",
    "comments",
    "signed_place",
    "signed_on",
    "signed_name",
)

Build = Callable[[Party], Filing]
Files = Iterable[tuple[Upload, str]]


def language() -> str:
    """The language the customer reads now; the complaint is answered in it."""
    return get_language() or "en"


@transaction.atomic
def submit(
    request: HttpRequest, guest: dict[str, str], build: Build, files: Files
) -> Complaint:
    """File once and add the files; a form sent twice gives the complaint it gave.

    ``guest`` is who writes where nobody is signed in (email, name, …).
    """
    party = _party(request, guest)
    actor = _actor(request, party)
    complaint = file_complaint(filing=build(party), actor=actor)
    if complaint.customer_id != party.pk:
        party.delete()  # the second of two; the first one brought its own
    elif not complaint.evidence.exists():
        _add_files(complaint, files, _actor(request, party))
    if not request.user.is_authenticated:
        access.remember(request.session, access.open_for_filer(complaint=complaint))
    return complaint


def _party(request: HttpRequest, guest: dict[str, str]) -> Party:
    if request.user.is_authenticated:
        return party_of_user(request.user)
    return guest_party(language=language(), **guest)


def _actor(request: HttpRequest, party: Party) -> Viewer:
    if request.user.is_authenticated:
        return Viewer(user=request.user, parties=frozenset({party.pk}))
    return Viewer(user=system_actor(GUEST), parties=frozenset({party.pk}))


def _add_files(complaint: Complaint, files: Files, actor: Viewer) -> None:
    for upload, kind in files:
        evidence = add_evidence(
            complaint=complaint, upload=upload, actor=actor, kind=kind
        )
        if kind == EvidenceKind.AUTHORITY:
            Representative.objects.filter(complaint=complaint).update(
                authority=evidence
            )


def customer_files(uploads: Iterable[Upload]) -> Files:
    return [(upload, EvidenceKind.CUSTOMER_FILE) for upload in uploads]


def guest_of(form: Any) -> dict[str, str]:
    """Who the guest says they are; empty for somebody who is signed in."""
    names = ("name", "email", "account_id")
    return {name: form.cleaned_data[name] for name in names if name in form.fields}


def _scope(party: Party) -> str:
    return "" if party.user_id else GUEST_SCOPE


# The three forms -------------------------------------------------------------------


def short(form: FilingForm) -> Build:
    """The filing of the short form."""
    data = form.cleaned_data

    def build(party: Party) -> Filing:
        return Filing(
            customer=party,
            channel=Channel.PORTAL,
            language=language(),
            subject=data["subject"],
            description=data["description"],
            points=data["points"],
            category=Category.objects.filter(code=data["category"]).first(),
            funds_at_risk=data["at_risk"] == "yes",
            asset=data["asset"],
            amount=data["amount"],
            desired_outcome=data["desired_outcome"],
            identifiers=form.identifiers(),
            idempotency_key=data["key"],
            key_scope=_scope(party),
            details={name: data[name] for name in DETAILS},
        )

    return build


def urgent(form: UrgentForm) -> Build:
    """The filing of the door for danger: at risk, and in the customer's words."""
    data = form.cleaned_data
    words = str(DANGERS[data["danger"]])
    story = [words + gettext("."), data["description"].strip()]

    def build(party: Party) -> Filing:
        code = DANGER_CATEGORIES[data["danger"]]
        return Filing(
            customer=party,
            channel=Channel.PORTAL,
            language=language(),
            subject=words,
            description="\n\n".join(filter(None, story)),
            category=Category.objects.filter(code=code).first(),
            funds_at_risk=True,
            identifiers=tuple(
                ("transaction", value, "") for value in data["transactions"]
            ),
            idempotency_key=data["key"],
            key_scope=_scope(party),
        )

    return build


def annex(form: AnnexForm) -> Build:
    """The filing of the official template."""
    data = form.cleaned_data

    def build(party: Party) -> Filing:
        _complete_party(party, form)
        return Filing(
            customer=party,
            channel=Channel.PORTAL,
            language=language(),
            subject="",
            description=data["description"],
            idempotency_key=data["key"],
            key_scope=_scope(party),
            details={name: data[name] for name in ANNEX_DETAILS},
            representative=form.part("a2"),
            contact_details=_contact_details(form),
        )

    return build


def _complete_party(party: Party, form: AnnexForm) -> None:
    """What 1.a says; an account keeps what it has and only gains what was missing."""
    given = form.part("a1")
    columns = {name: given[name] for name in OWN if given.get(name)}
    if party.user_id:
        columns = {n: value for n, value in columns.items() if not getattr(party, n)}
    else:
        columns["kind"] = form.cleaned_data["kind"] or party.kind
    for name, value in columns.items():
        setattr(party, name, value)
    party.save(update_fields=list(columns))


def _contact_details(form: AnnexForm) -> tuple[dict[str, Any], ...]:
    parts = (("b1", False), ("b2", True))
    return tuple(
        {**form.part(part), "of_representative": mine}
        for part, mine in parts
        if form.part(part)
    )


def known_of(user: "User") -> dict[str, Any]:
    """What 1.a can be filled with already, so that nobody types it again."""
    party = Party.objects.filter(user=user).first()
    if party is None:
        return {"a1_last_name": user.last_name, "a1_first_name": user.first_name}
    known = {f"a1_{name}": getattr(party, name) for name in OWN}
    return {"kind": party.kind, **known}


def annex_files(form: AnnexForm) -> Files:
    authority = form.cleaned_data.get("authority")
    own = [(authority, EvidenceKind.AUTHORITY)] if authority else []
    return [*own, *customer_files(form.uploads())]


def annex_guest(form: AnnexForm) -> dict[str, str]:
    """Who the guest says they are, from 1.a; empty for somebody who is signed in."""
    if not form.guest:
        return {}
    data = form.cleaned_data
    return {"email": data["a1_email"], "name": data["a1_last_name"]}


__all__ = [
    "annex",
    "annex_files",
    "annex_guest",
    "customer_files",
    "guest_of",
    "known_of",
    "short",
    "submit",
    "urgent",
]
