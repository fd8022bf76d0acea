"""Filing: one complaint with one number, its clocks, its event and its receipt."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import batch, ledger, notifications, profiles, timing
from complaints.errors import IllegalMove, InvalidInput, KeyReused, NotPermitted
from complaints.masking import holds_mask, mask_all
from complaints.models import (
    Category,
    Clock,
    Complaint,
    Contact,
    ContactDetails,
    ContactKind,
    Event,
    Identifier,
    Letter,
    Party,
    Point,
    Representative,
)
from complaints.permissions import Viewer, as_viewer, customer_self, is_open
from complaints.registry import Done
from complaints.services import search
from complaints.services.correspond import warn_of_secret
from complaints.states import Channel, IdentifierKind, Severity, Step
from config.memory import remembered
from teams.models import Team

if TYPE_CHECKING:
    from teams.models import User

DESCRIPTION_LIMIT = 50_000
SUPPORT = "support"

Beside = Callable[[Complaint], ledger.Entry] | None


@dataclass(frozen=True, kw_only=True)
class Filing:
    """What somebody complains of, in the words of the register.

    ``received_at`` is a trusted receipt (never the sender's own date); None means
    now. ``identifiers`` are (kind, value, network). ``details`` holds any further
    column of ``Complaint`` by name (service_reference, facts_from, …).
    ``key_scope`` is whose ``idempotency_key`` it is: empty for the customer's own, a
    name of the form for a guest, who is a new party on every try. ``exact`` is for
    callers who make keys themselves: a known key with other content is refused.
    ``representative`` and ``contact_details`` hold columns of those models.
    """

    customer: Party
    channel: str
    subject: str
    description: str
    language: str = "en"
    points: tuple[str, ...] = ()
    category: Category | None = None
    funds_at_risk: bool = False
    asset: str = ""
    amount: Decimal | None = None
    reporting_value: Decimal | None = None
    desired_outcome: str = ""
    identifiers: tuple[tuple[str, str, str], ...] = ()
    received_at: datetime | None = None
    idempotency_key: str = ""
    key_scope: str = ""
    exact: bool = False
    details: dict[str, str | date | None] = field(default_factory=dict)
    representative: dict[str, Any] = field(default_factory=dict)
    contact_details: tuple[dict[str, Any], ...] = ()


def file_complaint(
    *,
    filing: Filing,
    actor: "User | Viewer",
    now: datetime | None = None,
    beside: Beside = None,
) -> Complaint:
    """Register a complaint and acknowledge it, in one transaction.

    The same ``idempotency_key`` of the same customer gives the same complaint.
    ``beside`` is what else goes on its ledger at once: where it came from.
    Raises ``InvalidInput`` for what cannot be kept, ``KeyReused`` as ``Filing`` says.
    """
    filing = _masked(filing)
    try:
        return _file(filing, as_viewer(actor), now or timezone.now(), beside)
    except IntegrityError:
        known = _already_filed(filing)
        if known is None:
            # Its number was drawn before; should it be anything else, it comes again.
            return _file(filing, as_viewer(actor), now or timezone.now(), beside)
        if filing.exact and not _was_filed_as(known, filing):
            raise KeyReused(known) from None
        return known


def _already_filed(filing: Filing) -> Complaint | None:
    if not filing.idempotency_key:
        return None
    return Complaint.objects.filter(idempotency_key=_scoped_key(filing)).first()


def _scoped_key(filing: Filing) -> str | None:
    if not filing.idempotency_key:
        return None
    return f"{filing.key_scope or filing.customer.pk}:{filing.idempotency_key}"[:80]


def _was_filed_as(complaint: Complaint, filing: Filing) -> bool:
    """Whether ``complaint`` came of exactly this filing, sent once more."""
    event = Event.objects.filter(stream=complaint.stream, what="file").first()
    kept = event.payload.get("request") if event else None
    return bool(kept == _fingerprint(filing))


def _fingerprint(filing: Filing) -> str:
    """SHA-256 over all that was filed, salted with the key, which stands in the
    complaint's own row alone and goes when its person is erased."""
    said = {name: getattr(filing, name) for name in _FINGERPRINTED}
    said["category"] = filing.category.code if filing.category else ""
    text = json.dumps(
        [_scoped_key(filing), ledger.plain(said)], sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


_FINGERPRINTED = (
    "channel",
    "subject",
    "description",
    "language",
    "points",
    "funds_at_risk",
    "asset",
    "amount",
    "reporting_value",
    "desired_outcome",
    "identifiers",
    "details",
    "representative",
    "contact_details",
)


SAID = (
    "subject",
    "description",
    "points",
    "desired_outcome",
    "identifiers",
    "details",
    "representative",
    "contact_details",
)
"""Fields of a filing that hold what somebody typed."""


def _masked(filing: Filing) -> Filing:
    """The filing without the keys to any wallet: no row ever holds one."""
    return replace(filing, **{name: mask_all(getattr(filing, name)) for name in SAID})


def _warn(complaint: Complaint, filing: Filing, now: datetime) -> None:
    if any(holds_mask(getattr(filing, name)) for name in SAID):
        warn_of_secret(complaint, now=now)


@transaction.atomic
def _file(
    filing: Filing, viewer: Viewer, now: datetime, beside: Beside = None
) -> Complaint:
    with batch.together(Complaint, Letter):
        complaint = _register(filing, viewer, now, beside)
        batch.flush()
    _warn(complaint, filing, now)
    return complaint


def _register(
    filing: Filing, viewer: Viewer, now: datetime, beside: Beside
) -> Complaint:
    _check(filing, now)
    complaint = _complaint(filing, viewer, now)
    clocks = timing.start_first(complaint, now=now)
    first = min((c for c in clocks if c.step != Step.ACKNOWLEDGE), key=_due)
    complaint.next_due_at, complaint.next_due_step = first.due_at, first.step
    batch.number(complaint)
    batch.add(*_met(filing.customer), complaint)
    points = filing.points or (filing.subject,)
    rows = _rows_of(complaint, filing, clocks, points)
    batch.add(*chain.from_iterable(rows.values()))
    entry = ledger.Entry("file", viewer, now, payload=_facts(complaint, points, filing))
    others = [beside(complaint)] if beside else []
    event = ledger.begin(complaint.stream, [entry, *others])[0]
    named = [identifier.value for identifier in rows["identifiers"]]
    search.keep(search.of_complaint(complaint, named))
    _know(complaint, rows)
    notifications.announce(
        Done(complaint, "file", viewer, {}, now, event, "", complaint.state)
    )
    _know(complaint, {"clocks": rows["clocks"]})
    return complaint


def _rows_of(
    complaint: Complaint, filing: Filing, clocks: list[Clock], points: Sequence[str]
) -> dict[str, list[Any]]:
    """What stands beside a new complaint, by the name of its relation."""
    for clock in clocks:
        clock.complaint = complaint
    return {
        "clocks": clocks,
        "points": _points(complaint, points),
        "identifiers": _identifiers(complaint, filing.identifiers),
        **_people(complaint, filing),
    }


@transaction.atomic
def tell_more(
    *,
    complaint: Complaint,
    filing: Filing,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """The rest of a complaint that was registered by an alarm of a few words.

    Empty columns are filled, the story and its points are added; nothing that was
    said before is lost. A receipt with the whole copy goes out. Raises
    ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not customer_self(complaint, viewer):
        raise NotPermitted
    if not is_open(complaint):
        raise IllegalMove
    filing = _masked(filing)
    _check(filing, moment)
    ledger.lock(complaint.stream)
    points = filing.points or (filing.subject,)
    _fill(complaint, filing)
    _more_points(complaint, points)
    batch.add(*_identifiers(complaint, _unknown_identifiers(complaint, filing)))
    entry = ledger.Entry("story_added", viewer, moment, {"points": len(points)})
    event = ledger.append(complaint.stream, entry)
    complaint = Complaint.objects.get(pk=complaint.pk)
    search.refresh(complaint)
    state = complaint.state
    notifications.announce(
        Done(complaint, "story_added", viewer, {}, moment, event, state, state)
    )
    _warn(complaint, filing, moment)


def _fill(complaint: Complaint, filing: Filing) -> None:
    story = f"{complaint.description}\n\n{filing.description}".strip()
    if len(story) > DESCRIPTION_LIMIT:
        raise InvalidInput(
            _("This is longer than we can keep (50,000 characters)."),
            field="description",
            code="too_long",
        )
    given: dict[str, Any] = {
        **filing.details,
        "asset": filing.asset.upper(),
        "amount": filing.amount,
        "desired_outcome": filing.desired_outcome,
    }
    empty = {name: v for name, v in given.items() if not getattr(complaint, name)}
    if complaint.category_id is None:
        empty["category"] = filing.category
    Complaint.objects.filter(pk=complaint.pk).update(description=story, **empty)


def _more_points(complaint: Complaint, points: Iterable[str]) -> None:
    last = complaint.points.count()
    Point.objects.bulk_create(
        Point(complaint=complaint, number=number, text=text)
        for number, text in enumerate(filter(None, points), start=last + 1)
    )


def _unknown_identifiers(
    complaint: Complaint, filing: Filing
) -> list[tuple[str, str, str]]:
    known = set(complaint.identifiers.values_list("kind", "value"))
    return [row for row in filing.identifiers if (row[0], row[1].strip()) not in known]


def _know(row: Complaint | Party, rows: Mapping[str, Sequence[Any]]) -> None:
    """Let the related rows that were just written be read without asking for them."""
    known: dict[str, Any] = {}
    for name, found in rows.items():
        known[name] = getattr(row, name).all()
        known[name]._result_cache = list(found)
        known[name]._prefetch_done = True
    row._prefetched_objects_cache = known  # type: ignore[union-attr]


def _due(clock: Clock) -> datetime:
    return clock.due_at


def _check(filing: Filing, now: datetime) -> None:
    if not filing.description.strip():
        raise InvalidInput(_("Tell us what happened."), field="description")
    if len(filing.description) > DESCRIPTION_LIMIT:
        raise InvalidInput(
            _("This is longer than we can keep (50,000 characters)."),
            field="description",
            code="too_long",
        )
    if filing.received_at is not None and filing.received_at > now:
        raise InvalidInput(
            _("A receipt cannot lie in the future."), field="received_at"
        )
    if filing.channel not in Channel.values:
        raise InvalidInput(_("Unknown channel."), field="channel")
    if filing.amount is not None and filing.amount < 0:
        raise InvalidInput(
            _("Enter the amount as a number, such as 0.25"), field="amount"
        )


def _complaint(filing: Filing, viewer: Viewer, now: datetime) -> Complaint:
    received = filing.received_at or now
    profile = profiles.choose(filing.customer.country, "", received.date())
    severity = filing.category.default_severity if filing.category else Severity.NORMAL
    return Complaint(
        customer=filing.customer,
        channel=filing.channel,
        language=filing.language,
        received_at=received,
        recorded_at=now,
        recorded_by=viewer.user,
        idempotency_key=_scoped_key(filing),
        subject=_subject(filing),
        description=filing.description,
        desired_outcome=filing.desired_outcome,
        asset=filing.asset.upper(),
        amount=filing.amount,
        reporting_value=filing.reporting_value,
        category=filing.category,
        severity=Severity.CRITICAL if filing.funds_at_risk else severity,
        funds_at_risk=filing.funds_at_risk,
        team=_support(),
        profile_key=profile.key,
        account_tier=_tier(filing.customer, viewer),
        privacy_notice_version=profile.privacy_notice_version,
        procedure_version=profile.procedure_version,
        **filing.details,
    )


def _tier(customer: Party, viewer: Viewer) -> str:
    """The level of the account on this day, where the customer has one here."""
    if customer.user_id is None:
        return ""
    own = customer.user_id == viewer.user.pk
    user = viewer.user if own else customer.user
    return user.account_tier if user else ""


@remembered
def _support() -> Team:
    """The team that hears of everything first."""
    return Team.objects.select_related("calendar").get(code=SUPPORT)


def _subject(filing: Filing) -> str:
    subject = " ".join(filing.subject.split())
    return (subject or " ".join(filing.description.split()))[:200]


def _facts(
    complaint: Complaint, points: Iterable[str], filing: Filing
) -> dict[str, Any]:
    request = {"request": _fingerprint(filing)} if filing.idempotency_key else {}
    return {
        **request,
        "channel": complaint.channel,
        "language": complaint.language,
        "received_at": complaint.received_at,
        "profile": complaint.profile_key,
        "category": complaint.category.code if complaint.category else "",
        "funds_at_risk": complaint.funds_at_risk,
        "points": len(tuple(points)),
    }


def _points(complaint: Complaint, points: Iterable[str]) -> list[Point]:
    return [
        Point(complaint=complaint, number=number, text=text)
        for number, text in enumerate(points, start=1)
    ]


def _identifiers(
    complaint: Complaint, identifiers: Iterable[tuple[str, str, str]]
) -> list[Identifier]:
    unique = {
        (kind, value.strip()): network
        for kind, value, network in identifiers
        if value.strip() and kind in IdentifierKind.values
    }
    return [
        Identifier(complaint=complaint, kind=kind, value=value[:200], network=network)
        for (kind, value), network in unique.items()
    ]


def _people(complaint: Complaint, filing: Filing) -> dict[str, list[Any]]:
    speakers = [filing.representative] if filing.representative else []
    return {
        "representatives": [
            Representative(complaint=complaint, **columns) for columns in speakers
        ],
        "contact_details": [
            ContactDetails(complaint=complaint, **columns)
            for columns in filing.contact_details
        ],
    }


# Parties ----------------------------------------------------------------------------


def party_of_user(user: "User") -> Party:
    """The party that a signed-in customer is; made on their first complaint."""
    party = Party.objects.filter(user=user).first() or _new_party(user)
    party.user = user  # known, so nobody need ask for it
    return party


@transaction.atomic
def _new_party(user: "User") -> Party:
    """With its address or not at all: a first complaint that is sent twice at once
    must not find a customer whom no receipt can reach."""
    party, made = Party.objects.get_or_create(
        user=user,
        defaults={
            "last_name": user.last_name,
            "first_name": user.first_name,
            "email": user.email,
            "account_id": user.account_id,
            "language": user.language,
            "time_zone": user.time_zone,
        },
    )
    if made and user.email:
        add_contact(party, ContactKind.EMAIL, user.email, proof="account")
    return party


def guest_party(
    *, email: str, name: str = "", language: str = "en", **more: str
) -> Party:
    """A new party for somebody who is not signed in.

    Never an existing one: an address somebody types proves nothing, so it must not
    attach a complaint to another customer's history.
    """
    party = new_guest(email=email, name=name, language=language, **more)
    batch.add(*_met(party))
    return party


def new_guest(
    *, email: str, name: str = "", language: str = "en", **more: str
) -> Party:
    """The same, kept together with the complaint that is about to be filed."""
    party = Party(email=email, last_name=name, language=language, **more)
    batch.number(party)
    value, kind = email.strip(), ContactKind.EMAIL
    found = [Contact(party=party, kind=kind, value=value)] if email else []
    _know(party, {"contacts": found})
    return party


def _met(party: Party) -> list[Any]:
    """The rows of somebody who was just met; none of a customer we knew."""
    known = getattr(party, "_prefetched_objects_cache", {})
    return [party, *known.get("contacts", ())]


def add_contact(party: Party, kind: str, value: str, *, proof: str = "") -> Contact:
    """An address of a party; ``proof`` says how we know that it is theirs."""
    proved_at = timezone.now() if proof else None
    contact, _made = Contact.objects.get_or_create(
        party=party,
        kind=kind,
        value=value.strip(),
        defaults={"proof": proof, "proved_at": proved_at},
    )
    return contact
