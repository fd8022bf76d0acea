"""The steps from the filing to the closing, each by its door."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, make_msgid
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from appeals.demo.visitor import DoorClosed
from appeals.demo.way import MAIL_SENDER, TEAM_PEOPLE, Step, Walk
from complaints.admin.decision_view import similar_decisions
from complaints.channels.email import fetch, mailbox
from complaints.channels.email.inbound import receive
from complaints.models import Category, Complaint
from complaints.permissions import viewer_of
from complaints.services import orders
from complaints.states import DecisionStatus, RemedyState, State


def file(walk: Walk) -> str:
    customer = walk.by("customer")
    landed = customer.answer_all(_first_question(walk), walk.filing)
    reference = landed.rstrip("/").split("/")[-2]
    walk.case = Complaint.objects.get(reference=reference)
    return "customer"


def _first_question(walk: Walk) -> str:
    """Where the questions begin: at once, or after the alarm where money is at risk."""
    if walk.filing.get("at_risk") != "yes":
        return "/complaints/new/?at_risk=no"
    customer = walk.by("customer")
    return customer.submit(
        customer.submit("/complaints/new/urgent/", danger="transfer")
    )


def mail(walk: Walk) -> str:
    """The same by e-mail: into the first mailbox of ``IMAP_URLS`` and out of it again
    by IMAP; where none is set, as raw bytes to what follows on that."""
    message = EmailMessage()
    message["From"] = formataddr(("Ada Lindgren", MAIL_SENDER))
    message["To"] = "complaints@recourse.example"
    message["Subject"] = walk.filing["subject"]
    message["Message-ID"] = make_msgid(domain="walk.example")
    message["Date"] = format_datetime(timezone.now())
    message.set_content(walk.filing["description"])
    raw = message.as_bytes(policy=SMTP)
    for place in mailbox.places()[:1]:
        _by_imap(place, raw)
    taken = receive(raw)
    if taken.complaint is None:
        raise DoorClosed(f"the mail was {taken.outcome}: {taken.reason}")
    walk.case = taken.complaint
    return "customer (e-mail)"


def _by_imap(place: mailbox.Place, raw: bytes) -> None:
    """Delivered as by a mail server, and fetched; what comes of it is known after."""
    with mailbox.opened(place) as session:
        session.box.append(raw, place.folder)
    found = fetch.fetch(place)
    if found.error:
        raise DoorClosed(f"{found.name}: {found.error}")
    if not receive(raw).duplicate:
        raise DoorClosed(f"{found.name} did not hand the mail over")


def admit(walk: Walk) -> str:
    category = walk.complaint.category
    walk.by("support").submit(
        walk.desk + "do/admit/",
        category=str(
            category.pk if category else Category.objects.get(code="other").pk
        ),
        team=str(category.team_id if category else walk.complaint.team_id),
        severity="high",
        complexity="medium",
        impact="high",
    )
    return "support"


def take(walk: Walk) -> str:
    walk.by(walk.handler).submit(walk.desk + "do/take/")
    return walk.handler


def ask(walk: Walk) -> str:
    due = timezone.localtime() + timedelta(days=7)
    walk.by(walk.handler).submit(
        walk.desk + "do/ask_customer/",
        question="Did you approve a sign-in from a new device that evening?",
        answer_by=due.strftime("%Y-%m-%dT%H:%M"),
    )
    return walk.handler


def answer(walk: Walk) -> str:
    walk.by("customer").submit(
        walk.portal + "answer/", answer="No. I was asleep and saw it in the morning."
    )
    return "customer"


def gather(walk: Walk) -> str:
    """Evidence from our own records, sealed into the case."""
    records = ContentFile(b"23:09 hold for new addresses: not applied\n", "records.txt")
    walk.by(walk.handler).submit(
        walk.desk + "act/evidence/",
        file=records,
        kind="system_log",
        source="Gateway records",
    )
    return walk.handler


def judge(walk: Walk) -> str:
    """A finding for each point, shares of responsibility, reasons."""
    fields: dict[str, Any] = {
        "outcome": "partly_upheld",
        "summary": "We uphold your complaint in part and pay you 1,302.00 USDT.",
        "reasons": "The rule asks for a hold that our system did not apply.",
        "what_changes": "The hold now applies to every new address.",
        "cause": "process_not_followed",
        "precedents_seen": "on",
        "s-exchange": "70",
        "s-customer": "30",
        **_departure(walk),
    }
    proof = walk.complaint.evidence.order_by("-number").first()
    for point in walk.complaint.points.all():
        fields |= {
            f"p{point.pk}-outcome": "upheld",
            f"p{point.pk}-reasons": "The records show it.",
            f"p{point.pk}-rule": "Trading rules 4.2, version of 1 March 2026",
            f"p{point.pk}-evidence": [str(proof.pk)] if proof else [],
        }
    walk.by(walk.handler).submit(walk.desk + "decision/", fields)
    return walk.handler


def _departure(walk: Walk) -> dict[str, str]:
    """Said only where similar decisions came to another outcome."""
    viewer = viewer_of(walk.cast[walk.handler])
    outcomes = {row.outcome for row in similar_decisions(walk.complaint, viewer)}
    if not outcomes or "partly_upheld" in outcomes:
        return {}
    return {"departs": "on", "departure_reason": "Here the hold failed in part only."}


def remedy(walk: Walk) -> str:
    walk.by(walk.handler).submit(
        walk.desk + "decision/remedy/",
        kind="refund",
        description="The part that our error caused",
        amount="1302",
        asset="USDT",
        rate="0.92",
    )
    return walk.handler


def propose(walk: Walk) -> str:
    walk.by(walk.handler).submit(walk.desk + "do/propose_decision/")
    return walk.handler


def sign(walk: Walk) -> str:
    """Everybody whose sign-off is needed; the last one approves."""
    lead = TEAM_PEOPLE[walk.complaint.team.code][1]
    signers = []
    for name in (lead, "approver", "legal", "compliance-officer"):
        decision = walk.complaint.current_decision(DecisionStatus.PROPOSED)
        if decision and decision.capacity_for(viewer_of(walk.cast[name])):
            walk.by(name).submit(walk.desk + "do/sign_off/")
            signers.append(name)
    walk.by(signers[-1]).submit(walk.desk + "do/approve_decision/")
    return ", ".join(signers)


def execute(walk: Walk) -> str:
    for row in walk.complaint.remedies.filter(state=RemedyState.APPROVED):
        base = f"/admin/complaints/remedy/{row.pk}/do/"
        walk.by("executor").submit(base + "start/")
        if row.by_ledger:
            orders.send_due()
        else:
            walk.by("executor").submit(base + "complete/", proof="ledger-000001")
    return "executor"


def issue(walk: Walk) -> str:
    """By the handler, unless a desk that runs beside has done it in between."""
    try:
        walk.by(walk.handler).submit(walk.desk + "do/issue_decision/")
    except DoorClosed:
        if walk.complaint.state != State.ANSWERED:
            raise
        return "system"
    return walk.handler


def read_decision(walk: Walk) -> str:
    page = walk.by("customer").read(walk.portal + "decision/")
    if walk.complaint.reference not in page:
        raise DoorClosed("the decision page does not name the case")
    return "customer"


def accept(walk: Walk) -> str:
    walk.by("customer").submit(walk.portal + "accept/")
    return "customer"


def close(walk: Walk) -> str:
    lead = TEAM_PEOPLE[walk.complaint.team.code][1]
    walk.by(lead).submit(
        walk.desk + "do/close/",
        cause="process_not_followed",
        cause_scope="single",
        lesson="A control that can be switched off needs an alarm.",
    )
    return lead


STEPS: tuple[tuple[str, Step], ...] = (
    ("1 filed, receipt sent", file),
    ("2-3 admitted, classified", admit),
    ("4 taken by a handler", take),
    ("4 question to the customer", ask),
    ("5 answered", answer),
    ("5 evidence gathered", gather),
    ("6 judged", judge),
    ("7 remedy in the draft", remedy),
    ("7 decision proposed", propose),
    ("7 signed off, approved", sign),
    ("7 remedy carried out", execute),
    ("8 decision sent", issue),
    ("8 decision read", read_decision),
)
CLOSING: tuple[tuple[str, Step], ...] = (
    ("9 accepted", accept),
    ("10 closed, lesson kept", close),
)
