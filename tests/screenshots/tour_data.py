"""What the tour shows and the demo does not begin with: each through its service."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from complaints.channels.chat import talk
from complaints.channels.chat.models import Author
from complaints.models import (
    Alarm,
    AlarmKind,
    Category,
    Complaint,
    RawMessage,
    ReplyTemplate,
)
from complaints.services import (
    barriers,
    compliance,
    conferences,
    previews,
    quality,
    task_list,
)
from complaints.services.consult import consult
from complaints.services.privacy import requests, retention
from complaints.states import AccessKind, Intake, State
from complaints.workflow import perform
from teams.models import Team, User

MAIL = b"""From: Lena <lena@mail.example>
To: complaints@recourse.test
Subject: Where is my money
Date: Mon, 02 Nov 2026 09:30:00 +0000
Message-ID: <one@mail.example>

Nobody answered my ticket for two weeks. The withdrawal of 2 ETH is still pending.
"""


def person(name: str) -> User:
    found: User = get_user_model().objects.get(username=name)
    return found


def handled(state: str = State.INVESTIGATING, place: int = 0) -> Complaint:
    """One in that state that somebody handles; the newest is the first."""
    rows = Complaint.objects.filter(state=state, barrier="", handler__isnull=False)
    return rows.select_related("handler", "team").order_by("-pk")[place]


def lay_out() -> None:
    """All of it, on cases of the demo."""
    for weeks in range(-1, 30):
        quality.draw(now=timezone.now() - timedelta(weeks=weeks))
    compliance.draw()
    _teams_together(handled())
    _hand_over(handled(place=1))
    _tasks()
    _house()
    _coming_in()
    previews.draw_due()


def _tasks() -> None:
    mine = Complaint.objects.filter(handler__username="risk", barrier="").latest("pk")
    task_list.give_task(
        complaint=mine,
        text="Ask the counterparty's bank whether the transfer was called back.",
        assignee=person("risk"),
        due_on=timezone.localdate() + timedelta(days=2),
        actor=person("risk-lead"),
    )


def _teams_together(case: Complaint) -> None:
    handler: Any = case.handler
    legal, tech = (Team.objects.get(code=code) for code in ("legal", "tech"))
    consult(
        complaint=case,
        team=legal,
        question="May we rely on rule 4.2 for a hold that was announced afterwards?",
        actor=handler,
    )
    consult(
        complaint=case,
        team=tech,
        question="System log: the matching engine, 14 November, 08:00 to 08:30 UTC.",
        kind=AccessKind.CONTRIBUTION,
        actor=handler,
    )
    conferences.call(
        complaint=case,
        agenda="Who bears the loss, and what does the customer hear until Friday?",
        starts_at=timezone.now() + timedelta(days=1),
        length=timedelta(minutes=30),
        people=[handler],
        place="Room 4",
        actor=handler,
    )


def _hand_over(case: Complaint) -> None:
    to = Team.objects.exclude(pk=case.team_id).get(code="tech")
    why = (
        "The order was stuck in the matching engine; the log of 14 November shows it. "
        "The customer was promised an answer by Friday, and nothing else."
    )
    perform(case, "reroute", actor=case.handler, team=to, reason=why)


def _house() -> None:
    """A hold, a barrier, an alarm, a person's request, words for replies."""
    head, now = person("head"), timezone.now()
    closed = Complaint.objects.filter(state=State.CLOSED, barrier="").latest("pk")
    retention.hold(complaint=closed, reason="Court of Berlin, 12 O 345/26", actor=head)
    officer = person("compliance-officer")
    barriers.put_up(
        complaint=handled(State.ANSWERED),
        kind="suspicion",
        reason="Layering suspected.",
        actor=officer,
    )
    Alarm.objects.create(
        kind=AlarmKind.RISE,
        cell="rise:tour",
        team=Team.objects.get(code="security"),
        category=Category.objects.get(code="security"),
        asset="USDT",
        since=now - timedelta(days=7),
        until=now,
        count=9,
        figures={"usual": 1.25},
        raised_at=now,
    )
    requests.record(
        kind="access",
        email="lena@mail.example",
        received_on=now.date() - timedelta(days=9),
        actor=head,
    )
    ReplyTemplate.objects.create(
        team=Team.objects.get(code="risk"),
        language="en",
        title="We look at the log",
        text="Dear {name}, we have the log of your order and answer by {answer_by}.",
    )


def _coming_in() -> None:
    RawMessage.objects.create(
        provider="email",
        account="complaints@recourse.test",
        external_id="tour",
        raw=MAIL,
        raw_sha256="0" * 64,
        received_at=timezone.now(),
        outcome=Intake.HELD,
        reason="unverified",
        sender="lena@mail.example",
        subject="Where is my money",
    )
    start = talk.Start(language="en", name="Lena", user=None)
    talk.say(talk.begin(start), "My order hangs since 8.", author=Author.CUSTOMER)
