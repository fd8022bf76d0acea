"""Other ways that a case goes: refused, withdrawn, merged, appealed."""

from datetime import timedelta

from appeals.demo.played import Play
from appeals.models import Appeal
from appeals.services import NewGround, answer_ground, lodge, write_ruling
from complaints.models import Complaint
from complaints.states import State
from complaints.workflow import perform
from teams.models import Team


def refuse(walk: Play) -> None:
    perform(
        walk.case,
        "refuse_admission",
        actor=walk.cast["support-lead"],
        now=walk.later(8),
        ground="not_about_our_services",
        explanation=walk.words.refusal,
    )


def enquiry(walk: Play) -> None:
    perform(
        walk.case,
        "not_a_complaint",
        actor=walk.cast["support-lead"],
        now=walk.later(3),
        closing_reason="enquiry",
        explanation=walk.words.enquiry,
    )


def withdraw(walk: Play) -> None:
    perform(
        walk.case,
        "withdraw",
        actor=walk.cast[walk.story.customer],
        now=walk.later(30),
    )


def merge(walk: Play) -> None:
    survivor = (
        Complaint.objects.filter(customer=walk.case.customer)
        .exclude(pk=walk.case.pk)
        .order_by("pk")
        .first()
    )
    # Support still sees a case of another team only while it triages it itself.
    perform(
        walk.case,
        "admit",
        actor=walk.cast["support"],
        now=walk.later(1),
        category=walk.case.category,
        team=Team.objects.get(code="risk"),
        severity="high",
        complexity="low",
        impact="low",
    )
    perform(
        walk.case,
        "merge_into",
        actor=walk.cast["risk"],
        now=walk.later(2),
        survivor=survivor,
        reason=walk.words.merge,
    )


def appeal(walk: Play) -> None:
    """Lodged lately where the review is still to come."""
    if walk.story.until == State.APPEALED:
        walk.now = max(walk.now, walk.present - timedelta(days=4))
    point = walk.case.points.get(number=1)
    lodge(
        complaint=walk.case,
        grounds=[
            NewGround(kind="remedy_too_small", text=walk.words.ground, point=point)
        ],
        statement=walk.words.appeal,
        actor=walk.cast[walk.story.customer],
        now=walk.later(60),
    )
    walk.case.refresh_from_db()


def rule(walk: Play) -> None:
    lodged = Appeal.objects.get(complaint=walk.case)
    reviewer = lodged.reviewer
    assert reviewer is not None  # noqa: S101 - the demo's appeals team is independent
    perform(lodged, "admit", actor=reviewer, now=walk.later(20))
    perform(lodged, "start_review", actor=reviewer, now=walk.later(4))
    for ground in lodged.grounds.all():
        answer_ground(
            ground=ground,
            accepted=False,
            answer=walk.words.ground_answer,
            actor=reviewer,
        )
    write_ruling(
        appeal=lodged,
        outcome="confirmed",
        summary=walk.words.ruling,
        reasons=walk.words.ruling_reasons,
        lesson="",
        actor=reviewer,
    )
    lodged.refresh_from_db()
    perform(lodged, "rule", actor=reviewer, now=walk.later(30))
    walk.case.refresh_from_db()
