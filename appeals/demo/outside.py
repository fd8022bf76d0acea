"""From the ruling to an award that is carried out and published, by the same doors.

The arbitrator is nobody of the house: a browser without an account, which has the link
from the mail and the one-time codes of a device of its own.
"""

import re
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from appeals.demo.course import accept, close, execute, issue
from appeals.demo.visitor import DoorClosed, Visitor
from appeals.demo.way import Step, Walk
from appeals.models import Appeal, ArbitratorSeat, Referral
from appeals.services import bundles
from appeals.services.outside import links
from appeals.services.outside.carry_out import why_not_sign
from complaints.models import Outbox
from complaints.permissions import viewer_of
from complaints.services.relay import relay_due
from complaints.states import State

REGISTER = "/admin/appeals/appeal/arbitrators/"
CODE = re.compile(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}")
SECRET = re.compile(r'id="id_secret" value="([A-Z2-7]+)"')
LINK = re.compile(r"/arbitration/([\w-]{20,})/")


def _referral(walk: Walk) -> Referral:
    return Referral.objects.get(complaint=walk.complaint)


def _desk(walk: Walk) -> str:
    return f"/admin/appeals/appeal/{_appeal(walk).pk}/outside/"


def _appeal(walk: Walk) -> Appeal:
    return Appeal.objects.select_related("reviewer").get(complaint=walk.complaint)


def _reviewer(walk: Walk) -> str:
    reviewer = _appeal(walk).reviewer
    if reviewer is None:
        raise DoorClosed("nobody reviewed the appeal")
    return reviewer.username


def _page(walk: Walk) -> str:
    """The address that the mail to the arbitrator holds."""
    relay_due()
    mail = Outbox.objects.filter(complaint=walk.complaint, kind=links.KIND)
    found = LINK.search(mail.latest("pk").body)
    if found is None:
        raise DoorClosed("the mail with the arbitrator's link holds none")
    return found.group()


def _seat(walk: Walk) -> ArbitratorSeat:
    seat = _referral(walk).seats.filter(left_at=None).first()
    if seat is None:
        raise DoorClosed("no arbitrator was appointed")
    return seat


# The steps ----------------------------------------------------------------------------


def register(walk: Walk) -> str:
    """Somebody for the register, with an address of their own each time."""
    walk.by("head").fill(
        REGISTER,
        full_name="Dr. Ines Falk",
        email=f"arbitrator-{secrets.token_hex(4)}@walk.example",
        chamber="Chamber of Arbitration",
        seat="Vienna",
    )
    return "head"


def refer(walk: Walk) -> str:
    number = _appeal(walk).pk
    walk.by("customer").submit(
        f"{walk.portal}appeal/{number}/refer/", route="arbitration", consent="on"
    )
    return "customer"


def enrol(walk: Walk) -> str:
    """The code by telephone, the link by mail, then a device of their own."""
    person = _seat(walk).arbitrator
    told = walk.by("head").fill(f"{REGISTER}{person.pk}/", {"act": "enrol"})
    code = CODE.search(told)
    if code is None:
        raise DoorClosed("no enrolment code is shown")
    guest, page = walk.by("arbitrator"), _page(walk)
    guest.submit(page, code=code.group())
    secret = SECRET.search(guest.read(page))
    if secret is None:
        raise DoorClosed("no secret is shown to set up a device with")
    guest.submit(page, code=links.code_at(secret.group(1), links.now_step()))
    return "arbitrator"


def declare(walk: Walk) -> str:
    """Nothing ties them; the one bundle is made and read."""
    guest, page = walk.by("arbitrator"), _page(walk)
    guest.press(page, f"{page}accept/")
    bundles.make_due()
    # A desk that runs beside may be the one that makes it.
    if not walk.comes(lambda: "exhibits/1/" in guest.read(page)):
        raise DoorClosed("the arbitrator's page lists no exhibit")
    return "arbitrator"


def ask_both(walk: Walk) -> str:
    guest, page = walk.by("arbitrator"), _page(walk)
    by = (timezone.now() + timedelta(days=7)).date().isoformat()
    for side, text in (
        ("customer", "When did you see the withdrawal?"),
        ("company", "Who switched the hold off?"),
    ):
        guest.submit(f"{page}ask/", side=side, text=text, by=by)
    guest.submit(
        f"{page}order/", side="company", text="Name the switch in your log.", by=by
    )
    return "arbitrator"


def answer_both(walk: Walk) -> str:
    number, reviewer = _appeal(walk).pk, _reviewer(walk)
    walk.by("customer").submit(
        f"{walk.portal}appeal/{number}/outside/question/1/", text="In the morning."
    )
    walk.by(reviewer).submit(f"{_desk(walk)}question/2/", text="A release did.")
    walk.by(reviewer).submit(f"{_desk(walk)}order/1/", text="Line 12 of the log.")
    return f"customer, {reviewer}"


def award(walk: Walk) -> str:
    guest, page = walk.by("arbitrator"), _page(walk)
    due = (timezone.now() + timedelta(days=14)).date().isoformat()
    fields: dict[str, Any] = {
        "summary": "The exchange pays a further 250.00 USDT.",
        "reasons": "The hold was promised and did not run; the customer bears no part.",
        "r1-kind": "compensation",
        "r1-amount": "250",
        "r1-asset": "USDT",
        "r1-description": "The part that was not refunded",
        "r1-due": due,
    }
    for point in walk.complaint.points.all():
        fields |= {
            f"p{point.pk}-finding": "upheld",
            f"p{point.pk}-reasons": "The file shows it.",
        }
    guest.submit(f"{page}award/", fields)
    guest.submit(f"{page}make/", sure="on")
    return "arbitrator"


def prepare(walk: Walk) -> str:
    reviewer = _reviewer(walk)
    walk.by(reviewer).submit(f"{_desk(walk)}prepare/", rate_1="0.92")
    return reviewer


SIGNERS = (
    *("appeals", "approver", "legal"),
    *("compliance-officer", "compliance-officer-2"),
)


def sign(walk: Walk) -> str:
    """Everybody whose sign-off the sum and the category need, and nobody who prepared
    it or decided before."""
    signers = []
    for name in SIGNERS:
        row = Referral.objects.get(pk=_referral(walk).pk)
        decision, viewer = row.award.decision, viewer_of(walk.cast[name])
        if decision and not why_not_sign(row, decision, viewer):
            walk.by(name).press(_desk(walk), f"{_desk(walk)}do/sign/")
            signers.append(name)
    return ", ".join(signers)


def carry_out(walk: Walk) -> str:
    reviewer = _reviewer(walk)
    walk.by(reviewer).press(_desk(walk), f"{_desk(walk)}do/carry-out/")
    if walk.complaint.state != State.REMEDYING:
        raise DoorClosed("the award did not bring the case back to its remedies")
    return reviewer


def publish(walk: Walk) -> str:
    """Without names by one person, read and let out by another."""
    reviewer = _reviewer(walk)
    walk.by(reviewer).submit(
        f"{_desk(walk)}publish/",
        title="A hold that did not run",
        text="A promised delay of withdrawals was switched off. The exchange pays.",
    )
    walk.by("appeals").press(_desk(walk), f"{_desk(walk)}do/publish/")
    if "A hold that did not run" not in Visitor().read("/figures/awards/"):
        raise DoorClosed("the award is not on the page of awards")
    return f"{reviewer}, appeals"


def close_appeal(walk: Walk) -> str:
    reviewer = _reviewer(walk)
    walk.by(reviewer).submit(f"/admin/appeals/appeal/{_appeal(walk).pk}/do/close/")
    if _referral(walk).state != "done":
        raise DoorClosed("the award is not carried out")
    return reviewer


STEPS: tuple[tuple[str, Step], ...] = (
    ("9 arbitrator registered", register),
    ("9 taken outside", refer),
    ("9 arbitrator let in", enrol),
    ("9 independence declared", declare),
    ("9 questions and order", ask_both),
    ("9 both sides answered", answer_both),
    ("9 award made", award),
    ("9 award prepared", prepare),
    ("9 award signed off", sign),
    ("9 award being carried out", carry_out),
    ("9 awarded remedy done", execute),
    ("9 decision of award sent", issue),
    ("9 award published", publish),
    ("9 appeal closed", close_appeal),
    ("9 accepted", accept),
    ("10 closed, lesson kept", close),
)
