"""Filing by phone: a call rings, support writes it down, a text comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.test import override_settings

from appeals.demo.standins import twilio
from appeals.demo.standins.twilio import Twilio
from appeals.demo.visitor import DoorClosed, Visitor
from complaints.models import Complaint, RawMessage

if TYPE_CHECKING:
    from appeals.demo.way import Walk

LOG = "/admin/complaints/complaint/log/"
ACCOUNT = "UID-815-4711"


def file(walk: Walk) -> str:
    """The caller proves who they are; the recording and a text follow."""
    line, ringing = Twilio(), twilio.call()
    recording = twilio.recording(ringing)
    line.recordings[recording["RecordingSid"]] = b"ID3\x03\x00 the sound of a call"
    server = walk.meanwhile.enter_context(line.server())
    url = walk.reached("twilio", server)
    configured = override_settings(**twilio.SETTINGS, TWILIO_API_URL=url)
    walk.meanwhile.enter_context(configured)
    for news in (ringing, twilio.completed(ringing), recording):
        _deliver(news)
    _write_down(walk, ringing["CallSid"])
    walk.relay()
    _check(walk, line)
    return "support (for the caller)"


def _deliver(fields: dict[str, str]) -> None:
    url = f"{settings.SITE_URL}/hooks/phone/"
    client = Visitor().client
    response = client.post("/hooks/phone/", secure=True, **twilio.signed(fields, url))
    if response.status_code != 200:
        raise DoorClosed(f"the hook answered {response.status_code}")


def _write_down(walk: Walk, call: str) -> None:
    customer = walk.cast["customer"]
    if not customer.account_id:
        customer.account_id = ACCOUNT
        customer.save(update_fields=["account_id"])
    raw = RawMessage.objects.get(provider="phone", external_id=call)
    walk.by("support").submit(
        f"{LOG}?caller={customer.account_id}&call={raw.pk}",
        who=f"account:{customer.pk}",
        checked=["account", "recent"],
        description=walk.filing["description"],
        subject=walk.filing["subject"],
        amount=walk.filing["amount"].replace(",", ""),
        asset=walk.filing["asset"],
        promised="Security looks at it today.",
    )
    raw.refresh_from_db()
    if raw.complaint is None:
        raise DoorClosed("the record of the call was not settled")
    walk.case = Complaint.objects.get(pk=raw.complaint.pk)


def _check(walk: Walk, line: Twilio) -> None:
    case = walk.complaint
    if not any(case.reference in sent["Body"] for sent in line.sent):
        raise DoorClosed("no text acknowledged the call")
    if not case.evidence.exists():
        raise DoorClosed("the recording was not fetched")
