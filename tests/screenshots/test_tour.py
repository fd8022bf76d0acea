"""The pictures of ``docs/tour.md``, from demo data: part of ``make screenshots``."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from appeals.models import Appeal
from complaints.models import Complaint
from complaints.permissions import viewer_of
from complaints.services import compliance, quality
from complaints.services.privacy import retention
from complaints.states import State
from complaints.topic_words import topics_in
from complaints.workflow import available_transitions
from config.paths import BASE_DIR
from tests.screenshots.test_pages import site, visitor

__all__ = ["site"]

pytestmark = [pytest.mark.screenshots, pytest.mark.django_db(transaction=True)]

FOLDER = BASE_DIR / "docs" / "images" / "tour"
COLOURS = 96
"""Enough for pages of few colours; a picture is a third of its size by that."""

DESK = "/admin/complaints/complaint/"


def _case(state: str) -> Complaint:
    """The newest in that state that somebody handles."""
    rows = Complaint.objects.filter(state=state, barrier="", handler__isnull=False)
    return rows.select_related("handler").latest("pk")


def _of_handler(state: str, page: str) -> tuple[str, str]:
    case = _case(state)
    return str(case.handler), f"{DESK}{case.pk}/{page}"


def _signing() -> tuple[str, str]:
    """Somebody who may sign what is proposed, and the page on which they do."""
    people = get_user_model().objects.filter(kind="staff", is_superuser=False)
    for case in Complaint.objects.filter(state=State.IN_REVIEW):
        for user in people.order_by("pk"):
            viewer = viewer_of(user)
            if not Complaint.objects.visible_to(viewer).filter(pk=case.pk).exists():
                continue
            if any(
                one.name == "sign_off" and not one.refusals
                for one in available_transitions(case, viewer)
            ):
                return str(user), f"{DESK}{case.pk}/do/sign_off/"
    raise LookupError("nobody may sign anything")


def _admission() -> tuple[str, str]:
    """The one in which the rules find most to say."""
    cases = Complaint.objects.filter(state=State.RECEIVED, barrier="").order_by("pk")
    found = {case: len(topics_in(case.description)) for case in cases}
    case = max(found, key=found.__getitem__)
    return "support", f"{DESK}{case.pk}/do/admit/"


def _review() -> tuple[str, str]:
    appeal = Appeal.objects.exclude(reviewer=None).latest("pk")
    return str(appeal.reviewer), f"/admin/appeals/appeal/{appeal.pk}/change/"


LEADS = ("risk-lead", "support-lead", "head")


def _score() -> tuple[str, str]:
    for name in LEADS:
        lead = get_user_model().objects.get(username=name)
        review = quality.reviews_to_do(viewer_of(lead)).first()
        if review is not None:
            return name, f"{DESK}quality/{review.pk}/"
    raise LookupError("nothing was drawn")


TOUR: dict[str, Callable[[], tuple[str, str]]] = {
    "queue": lambda: ("risk", f"{DESK}?view=team:risk"),
    "admission": _admission,
    "case": lambda: _of_handler(State.INVESTIGATING, "change/"),
    "conference": lambda: _of_handler(State.INVESTIGATING, "act/confer/"),
    "draft": lambda: _of_handler(State.INVESTIGATING, "decision/"),
    "signing": _signing,
    "remedies": lambda: ("executor", "/admin/complaints/remedy/"),
    "compliance": lambda: ("compliance-officer", "/admin/complaints/compliancecheck/"),
    "board": lambda: ("risk-lead", f"{DESK}board/"),
    "quality": lambda: (_score()[0], f"{DESK}quality/"),
    "score": _score,
    "holds": lambda: ("head", f"{DESK}holds/"),
    "access": lambda: ("head", f"{DESK}access/"),
    "rules": lambda: ("head", f"{DESK}rules/"),
    "call": lambda: ("support", f"{DESK}log/"),
    "appeal": _review,
    "figures": lambda: ("compliance", reverse("compliance:overview")),
}
"""Picture -> who looks, and at what."""


def test_draw_the_tour(browser: Any, site: str, settings: Any) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    settings.COMPLIANCE_SAMPLE_PERCENT = 60
    compliance.draw()
    for weeks in range(-1, 30):
        quality.draw(now=timezone.now() - timedelta(weeks=weeks))
    head = get_user_model().objects.get(username="head")
    case = Complaint.objects.filter(state=State.CLOSED, barrier="").latest("pk")
    retention.hold(complaint=case, reason="Court of Berlin, 12 O 345/26", actor=head)
    fallen = [name for name, status in _draw(browser, site) if status != 200]

    assert fallen == []


def _draw(browser: Any, site: str) -> Iterator[tuple[str, int]]:
    for name, find in TOUR.items():
        display, path = find()
        context = visitor(browser, site, _username(display), "en", dark=False)
        page = context.new_page()
        page.set_viewport_size({"width": 1280, "height": 860})
        answer = page.goto(f"{site}{path}")
        _keep(name, page.screenshot())
        context.close()
        yield name, answer.status


def _username(shown: str) -> str:
    """People are found by user name, or as the desk shows them."""
    people = get_user_model().objects.all()
    found = people.filter(username=shown).first()
    user = found or next(one for one in people if str(one) == shown)
    return str(user.username)


def _keep(name: str, raw: bytes) -> None:
    picture = Image.open(BytesIO(raw)).convert("RGB").quantize(COLOURS)
    picture.save(FOLDER / f"{name}.png", optimize=True)
