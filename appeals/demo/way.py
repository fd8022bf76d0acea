"""A case on its way through all ten steps, with a browser for everybody.

The customer goes through the portal, staff through the admin, mail through the mail
channel. Nothing is done here but reading pages and sending forms.
"""

import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from django.utils import timezone

from appeals.demo.people import Cast
from appeals.demo.standins import switchboard
from appeals.demo.standins.server import StandIn
from appeals.demo.visitor import DoorClosed, Visitor
from complaints.models import Complaint, Outbox, OutboxStatus
from complaints.services.relay import relay_due
from complaints.states import Channel
from config.paths import var_dir
from config.stand_ins import ADDRESSES

CASE = "/admin/complaints/complaint/{pk}/"
TEAM_PEOPLE = {
    "security": ("security", "security-lead"),
    "risk": ("risk", "risk-lead"),
    "tech": ("tech", "tech-lead"),
    "support": ("support", "support-lead"),
    "compliance": ("compliance-officer", "compliance-officer"),
}
MAIL_SENDER = "ada@walk.example"
PATIENCE = 30.0
"""Seconds for what another process is doing."""

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
    _begun: datetime = field(default_factory=timezone.now)

    def reached(self, provider: str, server: StandIn) -> str:
        """Where the calls to ``provider`` go from here on, so that they end at
        ``server`` whoever makes them: this process, or the desk that runs beside it."""
        known = var_dir() / ADDRESSES
        urls = json.loads(known.read_text("utf-8")) if known.exists() else {}
        address = urls.get(provider, "")
        if address and switchboard.ask(address, server.url):
            self.meanwhile.callback(switchboard.ask, address, "")
            server.seen_at = address
        return server.url

    def relay(self) -> None:
        """Send what is due; what a desk beside is just sending is waited for."""
        relay_due()
        self.comes(self._is_sent)

    def comes(self, is_there: Callable[[], bool]) -> bool:
        """Wait for what a desk beside may be doing; whether it came about."""
        end = monotonic() + PATIENCE
        while not (came := is_there()) and monotonic() < end:
            sleep(0.1)
        return came

    def _is_sent(self) -> bool:
        rows = Outbox.objects.filter(created_at__gte=self._begun)
        leased = rows.filter(
            status=OutboxStatus.PENDING, leased_until__gt=timezone.now()
        )
        return not leased.exists()

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
        self.relay()
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
        self.relay()
        rows = Outbox.objects.filter(complaint=self.complaint, pk__gt=self._seen)
        sent = [(row.pk, f"{row.kind} to {row.recipient}") for row in rows]
        self._seen = max([self._seen, *(pk for pk, _words in sent)])
        words = tuple(words for _pk, words in sent)
        return Line(step, actor, self.complaint.state, words)


Step = Callable[[Walk], str]
