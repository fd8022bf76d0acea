"""Everything of a person that is theirs to have, as one archive (GDPR Art 15, 20).

What they could read in the portal, and no more: no note of ours, nothing behind a
barrier, nobody else's words. ``person.json`` is for programs, ``person.html`` for
people; beside them the files they gave and were given.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from complaints import ledger, letter_mail
from complaints.errors import NotVisible
from complaints.models import (
    Complaint,
    ContactKind,
    Evidence,
    Letter,
    Message,
    Party,
    Representative,
)
from complaints.permissions import Viewer, viewer_of
from complaints.selectors.timeline import customer_timeline
from complaints.services.evidence import offered_name, open_whole
from complaints.services.privacy.persons import parties_of, spoken_by, talks_of
from complaints.states import DecisionStatus, Direction
from teams.names import full_name
from teams.system import GUEST, system_actor

DETAILS = (
    *("last_name", "first_name", "street", "postcode", "city", "country", "phone"),
    *("email", "account_id", "registration_number", "lei", "client_reference"),
    *("language", "time_zone"),
)
SPEAKER = (
    *("last_name", "first_name", "street", "postcode", "city", "country", "phone"),
    *("email", "registration_number", "lei", "capacity", "scope", "valid_until"),
)
FACTS = (
    *("reference", "received_at", "channel", "language", "subject", "description"),
    *("service_reference", "facts_from", "facts_until", "loss_description"),
    *("desired_outcome", "comments", "asset", "amount", "signed_place", "signed_on"),
    "signed_name",
)


def export_person(
    email: str, path: Path, *, unproven: bool = False, now: datetime | None = None
) -> list[str]:
    """Write the archive to ``path``; the references in it.

    With ``unproven`` also what was filed under the address by somebody who never showed
    that it is theirs: it may be another's. Raises ``LookupError`` where nobody has that
    address, ``OSError``. An archive that was not finished is taken away.
    """
    parties = parties_of(email, proven=not unproven)
    speaks = spoken_by(email, proven=not unproven)
    talks = talks_of(email) if unproven else talks_of("")
    if not (parties or speaks or talks):
        raise LookupError(email)
    part = path.with_name(f"{path.name}.part")
    at = now or timezone.now()
    try:
        # For nobody else on this machine to read.
        part.touch(mode=0o600)
        with ZipFile(part, "w", ZIP_DEFLATED) as archive:
            records = [_record(party, archive) for party in parties]
            whole: dict[str, Any] = {
                "made_at": at.isoformat(),
                "records": records,
                "speaks_for": [_speaker(row) for row in speaks],
                "talks": [_talk(row) for row in talks],
            }
            _describe(archive, whole)
        cases = [case for record in records for case in record["cases"]]
        references = [case["reference"] for case in cases]
        references += [row["reference"] for row in whole["speaks_for"]]
        # Noted first: no copy is in anybody's hands that the ledger knows nothing of.
        _note([party.pk for party in parties], references, at)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return references


def _describe(archive: ZipFile, whole: dict[str, Any]) -> None:
    text = json.dumps(whole, ensure_ascii=False, indent=1, default=str)
    archive.writestr("person.json", text)
    shown = {
        **whole,
        "records": [_for_reading(row) for row in whole["records"]],
        "speaks_for": [
            {**row, "name": full_name(row["first_name"], row["last_name"])}
            for row in whole["speaks_for"]
        ],
    }
    archive.writestr("person.html", render_to_string("privacy/person.html", shown))
    archive.writestr("person.css", letter_mail.sheet())


def _for_reading(record: dict[str, Any]) -> dict[str, Any]:
    """A record with what its parts are called in the language in force."""
    meta, kinds = Party._meta, dict(ContactKind.choices)
    labelled = [
        (str(getattr(meta.get_field(name), "verbose_name", name)), value)
        for name, value in record["person"].items()
        if value
    ]
    contacts = [
        {**contact, "label": kinds.get(contact["kind"], contact["kind"])}
        for contact in record["contacts"]
    ]
    return {**record, "labelled": labelled, "contacts": contacts}


def _record(party: Party, archive: ZipFile) -> dict[str, Any]:
    viewer = _self(party)
    cases = Complaint.objects.visible_to(viewer).filter(customer=party)
    return {
        "person": {name: getattr(party, name) for name in DETAILS},
        "contacts": list(
            party.contacts.order_by("pk").values(
                "kind", "provider", "value", "proved_at", "created_at"
            )
        ),
        "cases": [_case(case, viewer, archive) for case in cases.order_by("pk")],
    }


def _speaker(row: Representative) -> dict[str, Any]:
    """What is kept of somebody as the representative of another: their own details and
    words, nothing of the customer's."""
    said = Message.objects.filter(
        complaint=row.complaint, direction=Direction.INBOUND, author=row.user_id
    )
    return {
        "reference": row.complaint.reference,
        **{name: getattr(row, name) for name in SPEAKER},
        "said": list(said.order_by("pk").values("at", "text")) if row.user_id else [],
    }


def _talk(row: Any) -> dict[str, Any]:
    """A conversation that they had with us as a guest."""
    lines = row.lines.exclude(text="").order_by("pk")
    return {
        "started_at": row.started_at,
        "name": row.name,
        "email": row.email,
        "lines": list(lines.values("at", "author", "text")),
    }


def _self(party: Party) -> Viewer:
    """The customer as they would come in, signed in or by a link."""
    user = party.user or system_actor(GUEST)
    keys = frozenset({party.pk})
    return Viewer(user=user, parties=keys, own=keys)


def _case(case: Complaint, viewer: Viewer, archive: ZipFile) -> dict[str, Any]:
    files = Evidence.objects.visible_to(viewer).filter(complaint=case)
    return {
        **{name: getattr(case, name) for name in FACTS},
        "points": list(case.points.values_list("text", flat=True)),
        "identifiers": list(case.identifiers.values("kind", "value", "network")),
        "history": [asdict(entry) for entry in customer_timeline(case, viewer)],
        "letters": list(_letters(case)),
        "decisions": list(_decisions(case)),
        "files": list(_files(case, files, archive)),
    }


def _letters(case: Complaint) -> Iterable[Any]:
    rows = Letter.objects.filter(complaint=case).order_by("pk")
    return rows.values("kind", "version", "language", "subject", "body")


def _decisions(case: Complaint) -> Iterable[Any]:
    sent = case.decisions.filter(
        status__in=(DecisionStatus.ISSUED, DecisionStatus.SUPERSEDED)
    )
    return sent.values("outcome", "summary", "reasons", "what_changes", "issued_at")


def _files(
    case: Complaint, rows: Iterable[Evidence], archive: ZipFile
) -> Iterator[dict[str, Any]]:
    """The bytes as they were sealed, under a number: the name is only a name.

    One that nobody is handed (held, changed, lost) or that was erased is named alone.
    """
    for row in rows:
        name = f"files/{case.reference}-{row.number}-{offered_name(row)}"
        inside = _copy(row, archive, name)
        facts = {"sha256": row.sha256, "added_at": row.added_at, "inside": inside}
        yield {"name": name, **facts}


def _copy(row: Evidence, archive: ZipFile, name: str) -> bool:
    """Put its bytes into the archive; whether they are to be had."""
    if not row.file or not row.may_open:
        return False
    try:
        source = open_whole(row)
    except (NotVisible, FileNotFoundError):
        return False
    with source, archive.open(name, "w") as target:
        for chunk in source.chunks():
            target.write(chunk)
    return True


def _note(parties: list[int], references: list[str], now: datetime) -> None:
    viewer = viewer_of(system_actor())
    facts = {"parties": parties, "cases": references}
    with transaction.atomic():
        entry = ledger.Entry("person_exported", viewer, now, facts)
        ledger.append_of_day(entry)
