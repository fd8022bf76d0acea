"""One complaint through all ten steps, by the doors that people use.

The customer goes through the portal, staff through the admin, mail through the mail
channel. Nothing is done here but reading pages and sending forms.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, make_msgid
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from appeals.demo.people import Cast
from appeals.demo.visitor import DoorClosed, Visitor
from appeals.models import Appeal
from complaints.admin.decision_view import similar_decisions
from complaints.channels.email import fetch, mailbox
from complaints.channels.email.inbound import receive
from complaints.models import Category, Complaint, Outbox
from complaints.permissions import viewer_of
from complaints.services import orders
from complaints.services.relay import relay_due
from complaints.states import Channel, DecisionStatus, RemedyState

CASE = "/admin/complaints/complaint/{pk}/"
TEAM_PEOPLE = {
    "security": ("security", "security-lead"),
    "risk": ("risk", "risk-lead"),
    "tech": ("tech", "tech-lead"),
    "support": ("support", "support-lead"),
    "compliance": ("compliance-officer", "compliance-officer"),
}
MAIL_SENDER = "ada@walk.example"
ARBITRATOR = "arbitrator"
"""Somebody without an account: a browser, a link from a mail, a device of their own."""

DEFAULT: dict[str, Any] = {
    "at_risk": "no",
    "category": "security.unauthorised-withdrawal",
    "subject": "Withdrawal of 1,860.00 USDT that I did not make",
    "description": "Somebody withdrew 1,860.00 USDT to an address I have never used.",
    "points": "The withdrawal was not made by me\n"
    "A transfer to a new address should have been held",
    "desired_outcome": "Give me my 1,860 USDT back.",
    "amount": "1,860.00",
    "asset": "USDT",
    "transactions": "9f3c51d20b6e4a87c1f0a9e4472d5b3c86e19a7d05f4b2c3e8d1a6f75a697c42",
}


@dataclass
class Line:
    """What the command prints for a step."""

    step: str
    actor: str
    state: str
    sent: tuple[str, ...] = ()

    def __str__(self) -> str:
        sent = ", ".join(self.sent) or "-"
        return f"{self.step:<28} {self.actor:<20} {self.state:<18} {sent}"


@dataclass
class Walk:
    """A case on its way, with everybody's browser."""

    cast: Cast
    filing: dict[str, Any] = field(default_factory=lambda: dict(DEFAULT))
    channel: str = Channel.PORTAL
    case: Complaint | None = None
    meanwhile: ExitStack = field(default_factory=ExitStack)
    """What stays open until the case is at its end, such as a provider's stand-in."""
    _visitors: dict[str, Visitor] = field(default_factory=dict)
    _seen: int = 0

    def by(self, name: str) -> Visitor:
        if name not in self._visitors:
            guest = name == "customer" and self.channel == Channel.EMAIL
            account = None if name == ARBITRATOR else self.cast[name]
            self._visitors[name] = self._guest() if guest else Visitor(account)
        return self._visitors[name]

    def _guest(self) -> Visitor:
        """Somebody without an account, let in by the link that was mailed to them."""
        visitor, case = Visitor(), self.complaint
        visitor.submit("/track/", reference=case.reference, email=MAIL_SENDER)
        relay_due()
        mail = Outbox.objects.filter(complaint=case, kind="tracking_link").latest("pk")
        link = re.search(r"/track/[\w-]{20,}/", mail.body)
        if link is None:
            raise DoorClosed("the mail with the tracking link holds none")
        visitor.submit(link.group())
        return visitor

    @property
    def complaint(self) -> Complaint:
        if self.case is None:
            raise DoorClosed("nothing was filed yet")
        self.case.refresh_from_db()
        return self.case

    @property
    def portal(self) -> str:
        return f"/complaints/{self.complaint.reference}/"

    @property
    def desk(self) -> str:
        return CASE.format(pk=self.complaint.pk)

    @property
    def handler(self) -> str:
        return TEAM_PEOPLE[self.complaint.team.code][0]

    def line(self, step: str, actor: str) -> Line:
        """What has come of a step: the state, and what was really sent."""
        relay_due()
        rows = Outbox.objects.filter(complaint=self.complaint, pk__gt=self._seen)
        sent = [(row.pk, f"{row.kind} to {row.recipient}") for row in rows]
        self._seen = max([self._seen, *(pk for pk, _words in sent)])
        words = tuple(words for _pk, words in sent)
        return Line(step, actor, self.complaint.state, words)


Step = Callable[[Walk], str]


def walk(subject: Walk, *, appeal: bool) -> Iterator[Line]:
    """Every step in turn; yields the line of each after it is done."""
    by_channel: dict[str, tuple[str, Step]] = {
        Channel.PORTAL: STEPS[0],
        Channel.EMAIL: ("1 mailed, receipt sent", mail),
    }
    first = by_channel.get(subject.channel) or _by_channel(subject.channel)
    with subject.meanwhile:
        rest = (*APPEAL, *_outside()) if appeal else CLOSING
        for name, step in (first, *STEPS[1:], *rest):
            yield subject.line(name, step(subject))


def _outside() -> tuple[tuple[str, Step], ...]:
    """The steps after the ruling, from the module that is built on this one."""
    steps: tuple[tuple[str, Step], ...] = import_module("appeals.demo.outside").STEPS
    return steps


def _by_channel(name: str) -> tuple[str, Step]:
    """The first step by a channel that has a module of its own."""
    module = import_module(f"appeals.demo.by_channel.{name}")
    return f"1 filed by {name}, receipt sent", module.file


def read_filing(path: Path) -> dict[str, Any]:
    """Fields of the portal's form from a JSON file; what is missing is built in."""
    given = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(given, dict):
        raise DoorClosed(f"{path} does not hold an object")
    return {**DEFAULT, **given}


# The steps of the source, each by its door -------------------------------------------


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
    walk.by(walk.handler).submit(walk.desk + "do/issue_decision/")
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


def lodge(walk: Walk) -> str:
    walk.by("customer").submit(
        walk.portal + "appeal/",
        statement="Please let somebody else look at it.",
        kind_1="remedy_too_small",
        text_1="The refund does not cover what I lost.",
    )
    return "customer"


def _appeal(walk: Walk) -> tuple[Appeal, str, str]:
    """The appeal, its reviewer's account name, and its page at the desk."""
    row = Appeal.objects.select_related("reviewer").get(complaint=walk.complaint)
    if row.reviewer is None:
        raise DoorClosed("nobody independent is left to review the appeal")
    return row, row.reviewer.username, f"/admin/appeals/appeal/{row.pk}/"


def admit_appeal(walk: Walk) -> str:
    _row, reviewer, desk = _appeal(walk)
    walk.by(reviewer).submit(desk + "do/admit/")
    return reviewer


def review(walk: Walk) -> str:
    """The sealed file is read, every ground is answered, the ruling is written."""
    row, reviewer, desk = _appeal(walk)
    walk.by(reviewer).submit(desk + "do/start_review/")
    for ground in row.grounds.all():
        walk.by(reviewer).submit(
            f"{desk}ground/{ground.number}/",
            accepted="no",
            answer="The fees were charged for trades placed later.",
        )
    walk.by(reviewer).submit(
        desk + "ruling/",
        outcome="confirmed",
        summary="We confirm the decision.",
        reasons="The first team weighed the records and applied the rule in force.",
    )
    return reviewer


def rule(walk: Walk) -> str:
    _row, reviewer, desk = _appeal(walk)
    walk.by(reviewer).submit(desk + "do/rule/", sure="on")
    return reviewer


def read_ruling(walk: Walk) -> str:
    row, _reviewer, _desk = _appeal(walk)
    page = walk.by("customer").read(f"{walk.portal}appeal/{row.pk}/")
    if row.ruling_summary not in page:
        raise DoorClosed("the page of the appeal does not hold the ruling")
    return "customer"


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
APPEAL: tuple[tuple[str, Step], ...] = (
    ("9 appeal lodged", lodge),
    ("9 appeal admitted", admit_appeal),
    ("9 reviewed", review),
    ("9 ruled", rule),
    ("9 ruling read", read_ruling),
)
CLOSING: tuple[tuple[str, Step], ...] = (
    ("9 accepted", accept),
    ("10 closed, lesson kept", close),
)
