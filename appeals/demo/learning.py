"""An incident and an improvement action of the demo, by the services like all else."""

from datetime import datetime, timedelta
from typing import Final

from appeals.demo.people import Cast
from complaints.models import Category, Complaint, Incident
from complaints.public import demo as public_demo
from complaints.services import (
    improvement,
    incident_findings,
    incident_members,
    incidents,
)
from complaints.states import WORKING_STATES
from teams.models import Team

TITLE: Final = "Hold on new addresses was not applied"
PLAN: Final = (
    "A test account withdraws to a new address every hour; the team on duty is called "
    "when the hold does not work."
)
WORDS: Final = {
    "en": incident_findings.Words(
        summary="The hold was not applied. We pay you {amount}.",
        reasons=(
            "After the release of 16 November new addresses were not held for 24 "
            "hours. Our records show it for your withdrawal. That was our error."
        ),
        what_changes="A test withdraws to a new address every hour.",
    ),
    "zh-hans": incident_findings.Words(
        summary="系统没有执行延迟提现，向您支付 {amount}。",
        reasons=(
            "11月16日版本上线后，新地址没有按规定延迟 24 小时提现，"
            "记录显示您的提现就是这样。"
            "这是我们的过错。"
        ),
        what_changes="现在每小时用测试账户向新地址提现一次。",
    ),
}


def learn(cast: Cast, now: datetime) -> None:
    """One incident with the open cases of its topic, its finding, and an action."""
    lead, team = cast["security-lead"], Team.objects.get(code="security")
    topic = Category.objects.get(code="security")
    incident = incidents.open_incident(
        title=TITLE,
        team=team,
        scope=incidents.Scope(
            since=now - timedelta(days=13), category=topic, asset="USDT"
        ),
        actor=lead,
        now=now - timedelta(days=1),
    )
    rows = Complaint.objects.filter(
        team=team, category__parent=topic, state__in=sorted(WORKING_STATES)
    )
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:5])
    incident_members.add_cases(
        incident=incident, cases=keys, actor=lead, now=now - timedelta(hours=20)
    )
    incident_findings.set_finding(
        incident=incident,
        shared=incident_findings.Shared(
            outcome="upheld", finding="upheld", cause="software_fault"
        ),
        words=WORDS,
        actor=lead,
        now=now - timedelta(hours=3),
    )
    _improve(cast, incident, now)
    public_demo.improvements(cast["head"], now)


def _improve(cast: Cast, incident: Incident, now: datetime) -> None:
    improvement.open_action(
        team=incident.team,
        plan=improvement.Plan(
            title="Test the hold on new addresses every hour",
            text=PLAN,
            cause="software_fault",
            owner=cast["security"],
            due_on=(now + timedelta(days=21)).date(),
            category=incident.category,
            incident=incident,
        ),
        actor=cast["security-lead"],
        now=now - timedelta(hours=2),
    )
