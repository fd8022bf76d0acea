"""The pictures of ``docs/tour.md``, from demo data: part of ``make screenshots``."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from PIL import Image, ImageChops

from appeals.models import Appeal
from complaints.models import (
    Complaint,
    Evidence,
    Incident,
    InformationBarrier,
    PersonRequest,
    RawMessage,
)
from complaints.permissions import viewer_of
from complaints.services import decide, quality
from complaints.states import OPEN_STATES, Intake, LetterKind, State
from complaints.topic_words import topics_in
from complaints.workflow import available_transitions
from config.paths import BASE_DIR
from tests.screenshots.test_pages import site, visitor
from tests.screenshots.tour_data import lay_out

__all__ = ["site"]

pytestmark = [pytest.mark.screenshots, pytest.mark.django_db(transaction=True)]

FOLDER = BASE_DIR / "docs" / "images" / "tour"
COLOURS = 48
"""Enough for pages of few colours; a picture is a third of its size by that."""

MARGIN = 24
"""What is left below the last thing on a page; nothing more is kept of an empty end."""

Tour = dict[str, Callable[[], tuple[str, str]]]
"""Picture -> who looks, and at what."""

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


def _asked(page: str, team: str) -> tuple[str, str]:
    """A page on the case that ``team`` is asked about, for one who works there."""
    case = Complaint.objects.get(accesses__team__code=team, accesses__revoked_at=None)
    return team, f"{DESK}{case.pk}/{page}"


def _on_asked(page: str) -> tuple[str, str]:
    """A page on that case for whoever handles it."""
    case = Complaint.objects.get(conferences__isnull=False)
    return str(case.handler), f"{DESK}{case.pk}/{page}"


def _handed() -> tuple[str, str]:
    case = Complaint.objects.filter(hand_overs__read_at=None).latest("hand_overs__pk")
    return "tech", f"{DESK}{case.pk}/change/"


def _chosen() -> tuple[str, str]:
    """What would come of giving every case of the team to somebody."""
    rows = Complaint.objects.filter(
        team__code="risk", barrier="", state__in=OPEN_STATES
    )
    query = "&".join(f"case={pk}" for pk in rows.values_list("pk", flat=True)[:4])
    return "risk-lead", f"{DESK}bulk/?act=reroute&{query}"


def _evidence() -> tuple[str, str]:
    file = Evidence.every.filter(behind=None, complaint__handler__isnull=False).latest(
        "pk"
    )
    page = f"{DESK}{file.complaint_id}/evidence/{file.number}/look/"
    return str(file.complaint.handler), page


def _held() -> tuple[str, str]:
    raw = RawMessage.objects.filter(outcome=Intake.HELD).latest("pk")
    return "support", f"/admin/complaints/rawmessage/{raw.pk}/change/"


def _incident() -> tuple[str, str]:
    found = Incident.objects.latest("pk")
    return f"{found.team.code}-lead", f"/admin/complaints/incident/{found.pk}/change/"


def _barrier() -> tuple[str, str]:
    found = InformationBarrier.objects.latest("pk")
    return "compliance-officer", f"{DESK}restricted/{found.pk}/"


def _closed() -> tuple[str, str]:
    """The page on which the head keeps a closed case beyond its time."""
    rows = Complaint.objects.filter(state=State.CLOSED, barrier="", legal_holds=None)
    return "head", f"{DESK}{rows.latest('pk').pk}/act/hold/"


def _request() -> tuple[str, str]:
    asked = PersonRequest.objects.filter(answered_at=None).latest("pk")
    return "head", f"{DESK}persons/{asked.pk}/answer/"


def _letter() -> tuple[str, str]:
    case = _case(State.ANSWERED)
    letter = case.letters.get(kind=LetterKind.DECISION)
    return str(case.handler), f"{DESK}{case.pk}/letter/{letter.pk}/"


def _calendar() -> tuple[str, str]:
    return "admin", "/admin/teams/calendar/add/"


WORK: Tour = {
    "queue": lambda: ("risk", f"{DESK}?view=team:risk"),
    "bulk": _chosen,
    "admission": _admission,
    "case": lambda: _of_handler(State.INVESTIGATING, "change/"),
    "customer": lambda: _of_handler(State.INVESTIGATING, "customer/"),
    "evidence": _evidence,
    "consult": lambda: _on_asked("act/consult/"),
    "bring": lambda: _on_asked("act/ask-evidence/"),
    "answer": lambda: _asked("act/answer/", "legal"),
    "conference": lambda: _of_handler(State.INVESTIGATING, "act/confer/"),
    "minutes": lambda: _on_asked("act/minutes/"),
    "handed": _handed,
    "tasks": lambda: ("risk", f"{DESK}tasks/"),
}
DECIDING: Tour = {
    "draft": lambda: _of_handler(State.INVESTIGATING, "decision/"),
    "stale": lambda: _of_handler(State.INVESTIGATING, "decision/"),
    "signing": _signing,
    "letter": _letter,
    "remedies": lambda: ("executor", "/admin/complaints/remedy/"),
    "again": lambda: ("executor", reverse("account_reauthenticate")),
    "compliance": lambda: ("compliance-officer", "/admin/complaints/compliancecheck/"),
    "barrier": _barrier,
    "appeal": _review,
}
COMING_IN: Tour = {
    "held": _held,
    "call": lambda: ("support", f"{DESK}log/"),
    "chat": lambda: ("support", "/admin/chat/conversation/"),
    "paper": lambda: ("support", f"{DESK}paper/"),
}
LEADING: Tour = {
    "board": lambda: ("risk-lead", f"{DESK}board/"),
    "quality": lambda: (_score()[0], f"{DESK}quality/"),
    "score": _score,
    "incidents": lambda: ("security-lead", "/admin/complaints/incident/"),
    "incident": _incident,
    "actions": lambda: ("security-lead", "/admin/complaints/improvementaction/"),
    "causes": lambda: ("head", "/admin/complaints/improvementaction/causes/"),
    "holds": lambda: ("head", f"{DESK}holds/"),
    "persons": lambda: ("head", f"{DESK}persons/"),
    "hold": _closed,
    "request": _request,
    "access": lambda: ("head", f"{DESK}access/"),
    "rules": lambda: ("head", f"{DESK}rules/"),
    "figures": lambda: ("compliance", reverse("compliance:overview")),
    "fairness": lambda: ("compliance", reverse("compliance:fairness")),
    "returns": lambda: ("compliance", reverse("compliance:returns")),
}
SETTING_UP: Tour = {
    "rule": lambda: ("admin", "/admin/teams/routingrule/add/"),
    "calendar": _calendar,
    "template": lambda: ("risk-lead", "/admin/complaints/replytemplate/add/"),
    "pages": lambda: ("compliance-officer", "/admin/public/version/"),
}
TOUR: Tour = WORK | DECIDING | COMING_IN | LEADING | SETTING_UP


def _collide(page: Any) -> None:
    """The draft is saved in another tab while something is typed in this one."""
    case = _case(State.INVESTIGATING)
    decide.write_draft(
        complaint=case, actor=case.handler, summary="We uphold it in part."
    )
    page.locator("#id_summary").fill("We uphold it in full.")
    page.get_by_role("button", name="Save the draft").click()
    page.wait_for_load_state()


BEFORE: dict[str, Callable[[Any], None]] = {"stale": _collide}
"""What happens on the page before it is drawn."""


def test_draw_the_tour(browser: Any, site: str, settings: Any) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    settings.COMPLIANCE_SAMPLE_PERCENT = 60
    lay_out()
    fallen = [name for name, status in _draw(browser, site) if status != 200]

    assert fallen == []


def _draw(browser: Any, site: str) -> Iterator[tuple[str, int]]:
    for name, find in TOUR.items():
        display, path = find()
        context = visitor(browser, site, _username(display), "en", dark=False)
        page = context.new_page()
        page.set_viewport_size({"width": 1280, "height": 760})
        answer = page.goto(f"{site}{path}")
        BEFORE.get(name, lambda _page: None)(page)
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
    whole = Image.open(BytesIO(raw)).convert("RGB")
    drawn = ImageChops.difference(
        whole, Image.new("RGB", whole.size, "white")
    ).getbbox()
    end = min(whole.height, (drawn[3] if drawn else 0) + MARGIN)
    picture = whole.crop((0, 0, whole.width, end)).quantize(COLOURS)
    picture.save(FOLDER / f"{name}.png", optimize=True)
