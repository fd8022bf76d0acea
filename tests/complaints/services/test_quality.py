"""The weekly look at quality: who is drawn, who scores, who reads."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.errors import IllegalMove, InvalidInput, NotVisible
from complaints.models import (
    Complaint,
    Outbox,
    QualityCriterion,
    QualityDraw,
    QualityReview,
)
from complaints.permissions import viewer_of
from complaints.selectors.quality import weeks_of
from complaints.services import quality
from teams.models import Team, User
from tests import cases
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def midweek(time_machine: Any) -> None:
    """What happens around the midnight before a Monday is of two weeks."""
    time_machine.move_to("2026-11-25T12:00:00+00:00")


@pytest.fixture
def security() -> Team:
    return Team.objects.get(code="security")


@pytest.fixture
def finished(people: People) -> list[Complaint]:
    """Three answered this week."""
    return [cases.at(people, "answered") for _ in range(3)]


@pytest.fixture
def draw_now(people: People) -> datetime:
    """A moment of the week after this one."""
    return timezone.now() + timedelta(days=7)


@pytest.fixture
def reviews(
    finished: list[Complaint], security: Team, draw_now: datetime, settings: Any
) -> list[QualityReview]:
    settings.QUALITY_SAMPLE = 2
    assert quality.draw(now=draw_now) == 2
    return list(QualityReview.objects.filter(draw__team=security))


def answers(**changed: str) -> dict[str, str]:
    codes = QualityCriterion.objects.values_list("code", flat=True)
    return dict.fromkeys(codes, "yes") | changed


def test_lot_is_drawn_once_and_the_same_by_anybody(
    finished: list[Complaint],
    reviews: list[QualityReview],
    security: Team,
    draw_now: datetime,
) -> None:
    draw = QualityDraw.objects.get(team=security)
    by_hand = sorted(
        finished,
        key=lambda case: quality.place_of(security, draw.week, case.reference),
    )

    assert draw.finished == 3
    assert {row.complaint for row in reviews} == set(by_hand[:2])
    assert quality.draw(now=draw_now + timedelta(hours=1)) == 0
    assert QualityReview.objects.count() == 2
    assert {row.handler.username for row in reviews} == {"security"}


def test_barred_case_is_in_no_lot(
    finished: list[Complaint], draw_now: datetime, security: Team
) -> None:
    Complaint.objects.filter(pk=finished[0].pk).update(barrier="insider")

    quality.draw(now=draw_now)

    rows = QualityReview.objects.values_list("complaint", flat=True)
    assert set(rows) == {case.pk for case in finished[1:]}


@pytest.mark.parametrize(
    ("name", "may"),
    few(
        [
            ("security_lead", True),
            ("head", True),
            ("risk_lead", False),
            ("security", False),
            ("reviewer", False),
        ],
        ("security_lead", True),
        ("security", False),
    ),
)
def test_leads_and_the_head_score(
    people: People, reviews: list[QualityReview], name: str, may: bool
) -> None:
    user: User = people.all()[name]
    if may:
        quality.score(
            review=reviews[0], answers=answers(), feedback="Well done.", actor=user
        )
    else:
        with pytest.raises(NotVisible):
            quality.score(
                review=reviews[0], answers=answers(), feedback="Well.", actor=user
            )
    reviews[0].refresh_from_db()
    assert (reviews[0].done_by is not None) is may


def test_nobody_scores_their_own_work(
    people: People, reviews: list[QualityReview]
) -> None:
    QualityReview.objects.update(handler=people.security_lead)

    with pytest.raises(NotVisible):
        quality.score(
            review=reviews[0],
            answers=answers(),
            feedback="Perfect.",
            actor=people.security_lead,
        )


def test_score_is_weighed_and_what_does_not_apply_is_left_out(
    people: People, reviews: list[QualityReview], security: Team
) -> None:
    row = quality.score(
        review=reviews[0],
        answers=answers(points="part", clock="no", tone="none"),
        feedback="Mind the clock.",
        actor=people.security_lead,
    )

    # Weights: clock 1, points 2, evidence 2, fair 2, plain 1, record 1; tone left out.
    # 2 * (0 * 1 + 0.5 * 2 + 2 + 2 + 1 + 1) = 14 of 18.
    assert row.result == 78
    assert "tone" not in row.scores
    (week,) = weeks_of(security)
    assert (week.finished, week.drawn, week.done, week.result) == (3, 2, 1, 78)
    with pytest.raises(IllegalMove):
        quality.score(
            review=row, answers=answers(), feedback="Again.", actor=people.head
        )


def test_each_question_is_answered(
    people: People, reviews: list[QualityReview]
) -> None:
    with pytest.raises(InvalidInput):
        quality.score(
            review=reviews[0],
            answers=answers(clock=""),
            feedback="Fine.",
            actor=people.security_lead,
        )


def test_lead_scores_on_a_page_and_the_handler_reads_it(
    people: People, reviews: list[QualityReview], client: Client
) -> None:
    client.force_login(people.security_lead)
    page = reverse("admin:complaints_complaint_score", args=[reviews[0].pk])
    assert client.get(page).status_code == 200
    assert client.post(page, {"feedback": ""}).status_code == 422
    sent = client.post(page, {**answers(), "feedback": "Clear letters, well done."})
    assert sent.status_code == 302
    assert client.get(page).status_code == 404
    listed = reverse("admin:complaints_complaint_quality")
    assert "Clear letters" not in client.get(listed).content.decode()

    client.force_login(people.security)
    text = client.get(listed).content.decode()
    assert "Clear letters, well done." in text
    assert "100 %" in text
    notice = people.security.email
    assert Outbox.objects.filter(recipient=notice, key__startswith="quality:").exists()


def test_others_read_none_of_it(people: People, reviews: list[QualityReview]) -> None:
    quality.score(
        review=reviews[0],
        answers=answers(),
        feedback="Secret.",
        actor=people.security_lead,
    )

    for name in ("security_lead", "risk", "head", "reviewer"):
        assert not quality.feedback_of(viewer_of(people.all()[name])).exists()
    assert quality.feedback_of(viewer_of(people.security)).count() == 1
