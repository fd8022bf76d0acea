"""From what was answered to one complaint: who, what, and the files with it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from complaints.errors import KeyReused
from complaints.models import (
    Capacity,
    Category,
    Complaint,
    Draft,
    Party,
    PartyKind,
    Representative,
)
from complaints.permissions import Viewer
from complaints.portal.annex import OWN, AnnexForm
from complaints.portal.forms import DANGER_CATEGORIES, DANGER_MEASURES, DANGERS
from complaints.portal.questions import (
    IDENTIFIERS,
    Teller,
    teller_of,
)
from complaints.services import access, drafts
from complaints.services.evidence import Upload, add_evidence
from complaints.services.intake import (
    Filing,
    file_complaint,
    guest_party,
    party_of_user,
    tell_more,
)
from complaints.services.protect import ask_protection
from complaints.states import Channel, EvidenceKind
from teams.system import GUEST, system_actor

if TYPE_CHECKING:
    from complaints.portal.forms import UrgentForm
    from teams.models import User

GUEST_SCOPE = "guest-form"
DRAFT_SCOPE = "draft"
DETAILS = ("facts_from", "facts_until", "loss_description")
ANNEX_DETAILS = (
    *DETAILS,
    "service_reference",
    "comments",
    "signed_place",
    "signed_on",
    "signed_name",
)

TOLD = ("email", "account_id", "kind", *OWN)
"""What a guest tells of themselves; not part of what is complained of."""

Build = Callable[[Party], Filing]
Files = Iterable[tuple[Upload, str]]
Said = dict[str, Any]
"""Cleaned answers of all pages by the name of their field."""


def language() -> str:
    """The language the customer reads now; the complaint is answered in it."""
    return get_language() or "en"


@transaction.atomic
def submit(
    request: HttpRequest, guest: dict[str, str], build: Build, files: Files
) -> Complaint:
    """File once and add the files; a form sent twice gives the complaint it gave.

    ``guest`` is who writes where nobody is signed in (email, name, …). Raises
    ``KeyReused`` where the second sending says something else than the first.
    """
    party = _party(request, guest)
    complaint = file_complaint(filing=build(party), actor=_actor(request, party))
    if complaint.customer_id != party.pk:
        party = _first_of_two(party, complaint)
    _add_files(complaint, _new_files(complaint, files), _actor(request, party))
    _let_in(request, complaint)
    return complaint


def _first_of_two(party: Party, complaint: Complaint) -> Party:
    """The guest that the first sending brought, where the second says the same."""
    first = complaint.customer
    if any(getattr(first, name) != getattr(party, name) for name in TOLD):
        raise KeyReused(complaint)
    party.delete()
    return first


def _new_files(complaint: Complaint, files: Files) -> Files:
    """Those of the files that the complaint does not hold yet."""
    held = set(complaint.evidence.values_list("sha256", flat=True))
    return [
        (upload, kind)
        for upload, kind in files
        if hashlib.sha256(upload.content).hexdigest() not in held
    ]


def _let_in(request: HttpRequest, complaint: Complaint) -> None:
    if not request.user.is_authenticated:
        access.remember(request.session, access.open_for_filer(complaint=complaint))


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


# The questions ------------------------------------------------------------------------


def said_in(answers: Mapping[str, Form]) -> tuple[Said, str]:
    """All answers, and the name of the first page that cannot be sent as it is."""
    said: Said = {}
    for name, form in answers.items():
        if not form.is_valid():
            return said, name
        said |= form.cleaned_data
    return said, ""


@transaction.atomic
def send(request: HttpRequest, draft: Draft, said: Said) -> Complaint:
    """Make the complaint of a draft, once; sent again it gives the same one."""
    user = request.user if request.user.is_authenticated else None
    teller = teller_of(draft, user)
    if not drafts.claim(draft):
        return Complaint.objects.get(draft=draft)
    if draft.complaint is not None:
        return _send_rest(request, draft, draft.complaint, said)
    party = _customer(request, said, teller)
    actor = _actor(request, party)
    filing = _filing(party, draft, said, _mandate(request, said, teller))
    complaint = file_complaint(filing=filing, actor=actor)
    drafts.hand_over(draft, complaint, actor)
    _let_in(request, complaint)
    return complaint


def _send_rest(
    request: HttpRequest, draft: Draft, complaint: Complaint, said: Said
) -> Complaint:
    actor = _actor(request, complaint.customer)
    filing = _filing(complaint.customer, draft, said, {})
    tell_more(complaint=complaint, filing=filing, actor=actor)
    drafts.hand_over(draft, complaint, actor)
    return complaint


def _customer(request: HttpRequest, said: Said, teller: Teller) -> Party:
    """Whose complaint it is: the writer's own, or of whom they speak for."""
    if not teller.represents:
        names = ("name", "email", "account_id")
        return _party(request, {name: said.get(name, "") for name in names})
    if request.user.is_authenticated:
        party_of_user(request.user)  # what lets them see what they filed
    company = said["behalf"] == Capacity.COMPANY
    return guest_party(
        email=said["customer_email"],
        name=said["customer_name"],
        account_id=said["customer_account"],
        language=language(),
        kind=PartyKind.LEGAL if company else PartyKind.NATURAL,
    )


def _mandate(request: HttpRequest, said: Said, teller: Teller) -> dict[str, Any]:
    """Columns of the representative; empty for somebody's own complaint."""
    if not teller.represents:
        return {}
    return {
        **_speaker(request, said),
        "capacity": said["behalf"],
        "scope": said["scope"],
        "valid_until": said["valid_until"],
    }


def _speaker(request: HttpRequest, said: Said) -> dict[str, Any]:
    user = request.user
    if not user.is_authenticated:
        return {"last_name": said["name"], "email": said["email"]}
    return {
        "user": user,
        "last_name": user.last_name or user.get_username(),
        "first_name": user.first_name,
        "email": user.email,
    }


def _filing(
    party: Party, draft: Draft, said: Said, representative: dict[str, Any]
) -> Filing:
    category = said.get("category")
    return Filing(
        customer=party,
        channel=Channel.PORTAL,
        language=language(),
        subject=said["subject"],
        description=said["description"],
        points=said["points"],
        category=Category.objects.filter(code=category).first() if category else None,
        asset=said["asset"],
        amount=said["amount"],
        desired_outcome=said["desired_outcome"],
        identifiers=_identifiers(said),
        idempotency_key=draft.key,
        key_scope=DRAFT_SCOPE,
        details={name: said[name] for name in DETAILS},
        representative=representative,
    )


def _identifiers(said: Said) -> tuple[tuple[str, str, str], ...]:
    """(kind, value, network) of everything that was named."""
    return tuple(
        (
            str(kind),
            value,
            said["network"] if name in ("transactions", "wallets") else "",
        )
        for name, kind in IDENTIFIERS.items()
        for value in said[name]
    )


# Danger -------------------------------------------------------------------------------


@transaction.atomic
def alarm(request: HttpRequest, form: "UrgentForm") -> Complaint:
    """Register the danger, have security protect the account, keep a draft for the
    rest; a form sent twice gives the complaint it gave."""
    complaint = submit(request, guest_of(form), urgent(form), ())
    kind = DANGER_MEASURES[form.cleaned_data["danger"]]
    ask_protection(
        complaint=complaint, kind=kind, actor=_actor(request, complaint.customer)
    )
    rest_of(request, complaint)
    return complaint


def rest_of(request: HttpRequest, complaint: Complaint) -> Draft:
    """The draft in which the rest of an alarm is told; begun when there is none."""
    user = request.user if request.user.is_authenticated else None
    known = Draft.objects.filter(complaint=complaint).first()
    own = user if user and complaint.customer.user_id == user.pk else None
    return known or drafts.begin(user=own, language=language(), complaint=complaint)


def urgent(form: "UrgentForm") -> Build:
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
            exact=True,
        )

    return build


# The official template ----------------------------------------------------------------


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
            exact=True,
            details={name: data[name] for name in ANNEX_DETAILS},
            representative=form.mandate(),
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
