"""A side objects to a seated arbitrator: who decides it, and what follows."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appeals.models import (
    Appeal,
    ArbitratorLink,
    ArbitratorObjection,
    ArbitratorSeat,
    Referral,
)
from appeals.services.outside import award, ending, objections, seats
from complaints.errors import GuardRefused, IllegalMove, NotPermitted, NotVisible
from complaints.models import Clock, Complaint, Event, Letter, Outbox
from complaints.permissions import viewer_of
from complaints.registry import lacks_of
from complaints.services import protect, sign_offs
from complaints.services.relay import relay_due
from complaints.states import State
from complaints.workflow import perform
from teams.models import User
from tests.appeals import walk
from tests.appeals.outside import stage
from tests.people import People

REASON = "She sat on the board of your bank."


@pytest.fixture
def answered(people: People, case_at: Any) -> Complaint:
    case: Complaint = case_at(State.ANSWERED)
    return case


@pytest.fixture
def row(people: People, answered: Complaint) -> Referral:
    """Ida Moor sits; Bo Lind is on the register too."""
    made = stage.hearing(people, answered)
    stage.arbitrator(people, "Bo Lind")
    return made


def _seat(row: Referral) -> ArbitratorSeat:
    return row.seats.select_related("arbitrator").get(left_at=None)


def _objection(people: People, row: Referral) -> ArbitratorObjection:
    return objections.object_to(
        referral=row, seat=_seat(row), reason=REASON, actor=people.customer
    )


def _letters(row: Referral) -> list[str]:
    rows = Letter.objects.filter(complaint=row.complaint, kind="outside")
    return [letter.body for letter in rows.order_by("pk")]


def test_upheld_objection_replaces_the_arbitrator(
    people: People, row: Referral
) -> None:
    first = _seat(row)
    made = _objection(people, row)
    due = Clock.objects.get(subject=f"j{made.pk}")
    assert (due.due_at - made.made_at, due.stopped_at) == (timedelta(days=14), None)
    told = Outbox.objects.filter(subject__contains="objects to an arbitrator")
    assert {one.recipient for one in told} == {people.head.email, people.appeals.email}

    objections.decide(
        objection=made, upheld=True, answer="She did.", actor=people.appeals
    )

    first.refresh_from_db()
    second = _seat(row)
    assert (first.left_at is not None, str(second.arbitrator)) == (True, "Bo Lind")
    assert not first.links.filter(revoked_at=None).exists()
    assert second.links.filter(revoked_at=None).count() == 1
    due.refresh_from_db()
    assert due.stopped_at is not None
    news = _letters(row)[-1]
    assert "Ida Moor decides your case no more." in news
    assert "She did." in news
    events = Event.objects.filter(stream=row.stream, what__startswith="arbitrator_")
    last = list(events.values_list("what", flat=True))[-5:]
    assert last == [
        "arbitrator_objected",
        "arbitrator_objection_decided",
        "arbitrator_left",
        "arbitrator_appointed",
        "arbitrator_link_sent",
    ]

    seats.accept(referral=row, actor=stage.viewer(second))
    assert "sits: Bo Lind, Chamber of Arbitration." in _letters(row)[-1]
    call_command("verify_ledger", "--reference", row.complaint.reference)


def test_dead_link_opens_nothing_any_more(people: People, row: Referral) -> None:
    relay_due()
    token = next(
        line.rsplit("/", 2)[-2]
        for sent in mail.outbox
        for line in str(sent.body).splitlines()
        if "/arbitration/" in line
    )
    client = Client()
    assert client.get(f"/arbitration/{token}/").status_code == 200

    made = _objection(people, row)
    objections.decide(objection=made, upheld=True, answer="Yes.", actor=people.head)

    assert client.get(f"/arbitration/{token}/").status_code == 410
    assert ArbitratorLink.objects.filter(revoked_at=None).count() == 1


def test_no_award_before_it_is_decided(people: People, row: Referral) -> None:
    made = _objection(people, row)
    stage.write(row)
    with pytest.raises(GuardRefused) as early:
        award.make_award(referral=row, actor=stage.presiding(row))
    assert [r.code for r in early.value.refusals] == ["objection_open"]

    objections.decide(objection=made, upheld=False, answer="No tie.", actor=people.head)
    award.make_award(referral=row, actor=stage.presiding(row))

    assert "Ida Moor stays on your case." in _letters(row)[-2]
    row.refresh_from_db()
    assert row.state == "awarded"


def test_who_decides_the_objection_of_the_customer(
    people: People, row: Referral
) -> None:
    made = _objection(people, row)
    User.objects.filter(pk=people.appeals.pk).update(reports_to=people.security)
    said: dict[str, Any] = {"objection": made, "upheld": False, "answer": "No."}

    for user in (people.customer, people.appeals_2, people.security):
        with pytest.raises((NotPermitted, NotVisible)):
            objections.decide(**said, actor=user)
    with pytest.raises(GuardRefused) as tied:
        objections.decide(**said, actor=people.appeals)
    assert [r.code for r in tied.value.refusals] == ["not_independent"]
    with pytest.raises(NotPermitted):
        objections.answer_own(
            objection=made, leaves=False, answer="No.", actor=stage.presiding(row)
        )


def _tie(*users: User, row: Referral) -> None:
    """Each says that something ties them to the case."""
    for user in users:
        protect.record_conflict(
            complaint=row.complaint, user=user, kind="related", reason="", actor=user
        )


def _told(row: Referral) -> list[tuple[str, str]]:
    rows = row.complaint.outbox.filter(subject__contains="objects to an arbitrator")
    return sorted(rows.values_list("kind", "recipient"))


def _passed(row: Referral) -> list[tuple[str, list[int]]]:
    rows = Event.objects.filter(stream=row.stream, what="objection_passed_on")
    payloads = rows.order_by("seq").values_list("payload", flat=True)
    return [(one["level"], one["people"]) for one in payloads]


def test_whoever_heard_the_appeal_decides_no_objection(
    people: People, row: Referral
) -> None:
    """The arbitrator judges their ruling."""
    Appeal.objects.filter(pk=row.appeal_id).update(reviewer=people.appeals)
    row.appeal.refresh_from_db()
    made = _objection(people, row)

    with pytest.raises(GuardRefused) as tied:
        objections.decide(
            objection=made, upheld=False, answer="No.", actor=people.appeals
        )

    assert [str(one.words) for one in tied.value.refusals] == [
        "This person heard the appeal."
    ]
    assert _told(row) == [("staff", people.head.email)]
    assert _passed(row) == []


def test_tied_desk_passes_it_on_to_an_independent_officer_by_name(
    people: People, row: Referral
) -> None:
    """The first officer signed the first decision; the second had no part in it."""
    officer = walk.second_officer()
    _tie(people.head, people.appeals, row=row)
    made = _objection(people, row)

    assert _told(row) == [("staff", officer.email)]
    assert _passed(row) == [("compliance", [officer.pk])]
    (lack,) = lacks_of(row.complaint)
    assert str(officer) in str(lack.remedy)
    said: dict[str, Any] = {"objection": made, "upheld": True, "answer": "She did."}
    for tied in (people.head, people.appeals):
        with pytest.raises(GuardRefused):
            objections.decide(**said, actor=tied)
    for other in (people.compliance_officer, people.legal, people.approver):
        with pytest.raises((NotPermitted, NotVisible)):
            objections.decide(**said, actor=other)

    objections.decide(**said, actor=officer)

    assert str(_seat(row).arbitrator) == "Bo Lind"
    seen = Complaint.objects.visible_to(viewer_of(officer))
    assert not seen.filter(pk=row.complaint_id).exists()


def _sees(user: User, row: Referral) -> bool:
    seen = Complaint.objects.visible_to(viewer_of(user))
    return bool(seen.filter(pk=row.complaint_id).exists())


def _three(people: People, case: Complaint, settings: Any) -> Referral:
    """Three sit, though one heard the appeal."""
    for name in ("Ida Moor", "Bo Lind", "Cy Park"):
        stage.arbitrator(people, name)
    appeal = walk.ruled(people, case, "confirmed")
    settings.APPEAL_PANEL_FROM = Decimal(1)
    perform(appeal, "refer", actor=people.customer, route="arbitration", consent=True)
    row = Referral.objects.get(appeal=appeal)
    for seat in seats.taken(row):
        seats.accept(referral=row, actor=stage.viewer(seat))
    row.refresh_from_db()
    return row


def test_officer_sees_the_case_until_the_last_of_two_is_decided(
    people: People, answered: Complaint, settings: Any
) -> None:
    """Two of three are objected to, and the one who decides both came in once."""
    officer = walk.second_officer()
    row = _three(people, answered, settings)
    _tie(people.head, people.appeals, row=row)
    first, second = (
        objections.object_to(
            referral=row, seat=seat, reason=REASON, actor=people.customer
        )
        for seat in seats.taken(row)[:2]
    )
    said: dict[str, Any] = {"upheld": False, "answer": "No tie.", "actor": officer}

    objections.decide(objection=first, **said)
    assert _sees(officer, row)
    objections.decide(objection=second, **said)
    assert not _sees(officer, row)


def _declines(people: People, row: Referral) -> None:
    viewer = stage.presiding(row)
    seats.decline(referral=row, kind="other", reason="I know her.", actor=viewer)


def _ends_it(people: People, row: Referral) -> None:
    ending.take_back_consent(referral=row, actor=people.customer)


@pytest.mark.parametrize("end", [_declines, _ends_it])
def test_officer_is_let_out_where_nothing_is_left_to_decide(
    people: People, row: Referral, end: Callable[[People, Referral], None]
) -> None:
    officer = walk.second_officer()
    _tie(people.head, people.appeals, row=row)
    _objection(people, row)
    assert _sees(officer, row)

    end(people, row)

    assert not _sees(officer, row)


def test_tie_that_comes_up_later_passes_it_on_once(
    people: People, row: Referral
) -> None:
    officer = walk.second_officer()
    made = _objection(people, row)
    assert _passed(row) == []

    _tie(people.head, row=row)
    assert _passed(row) == []
    _tie(people.appeals, people.appeals_2, row=row)

    assert _passed(row) == [("compliance", [officer.pk])]
    objections.decide(objection=made, upheld=False, answer="No.", actor=officer)
    _tie(people.appeals_3, row=row)
    assert len(_passed(row)) == 1


def test_nobody_left_in_the_house_is_the_management_bodys_to_name(
    people: People, row: Referral
) -> None:
    """Nobody decides until it has named somebody, who is told at once."""
    _tie(people.head, people.appeals, row=row)
    made = _objection(people, row)

    assert _told(row) == [("management", "board@recourse.example")]
    assert _passed(row) == [("management", [])]
    (lack,) = lacks_of(row.complaint)
    assert "board@recourse.example" in str(lack.remedy)
    mail_of = row.complaint.outbox.get(kind="management")
    reference = row.complaint.reference
    assert (reference in mail_of.subject, reference in mail_of.body) == (True, False)
    said: dict[str, Any] = {"objection": made, "upheld": False, "answer": "No tie."}
    for user in (*people.all().values(),):
        with pytest.raises((GuardRefused, NotPermitted, NotVisible)):
            objections.decide(**said, actor=user)

    named = walk.second_officer()
    sign_offs.look_at_all(now=timezone.now())

    assert _passed(row) == [("management", []), ("compliance", [named.pk])]
    objections.decide(**said, actor=named)
    made.refresh_from_db()
    assert (made.upheld, made.decided_by) == (False, named)


def test_page_says_with_whom_an_objection_is(
    people: People, row: Referral, client: Client
) -> None:
    officer = walk.second_officer()
    _tie(people.head, people.appeals, row=row)
    made = _objection(people, row)
    page = reverse("admin:appeals_appeal_outside", args=(row.appeal_id,))
    decide = reverse(
        "admin:appeals_appeal_outside_objection", args=(row.appeal_id, made.pk)
    )

    client.force_login(people.head)
    shown = client.get(page).content.decode()
    assert (str(officer) in shown, decide in shown) == (True, False)

    client.force_login(officer)
    assert decide in client.get(page).content.decode()
    client.post(decide, {"upheld": "no", "answer": "No tie."})
    made.refresh_from_db()
    assert made.decided_by == officer


def test_the_exchange_does_not_decide_its_own(people: People, row: Referral) -> None:
    made = objections.object_to(
        referral=row, seat=_seat(row), reason="She blogs.", actor=people.appeals
    )
    assert made.side == "company"
    assert "She blogs." in _letters(row)[-1]
    with pytest.raises(GuardRefused) as own:
        objections.decide(objection=made, upheld=True, answer="!", actor=people.head)
    assert [r.code for r in own.value.refusals] == ["own_objection"]

    objections.answer_own(
        objection=made, leaves=False, answer="Not of you.", actor=stage.presiding(row)
    )

    made.refresh_from_db()
    assert (made.upheld, str(_seat(row).arbitrator)) == (False, "Ida Moor")
    assert "Not of you." in _letters(row)[-1]


def test_arbitrator_steps_aside_on_an_objection(people: People, row: Referral) -> None:
    made = objections.object_to(
        referral=row, seat=_seat(row), reason="She blogs.", actor=people.appeals
    )

    objections.answer_own(
        objection=made, leaves=True, answer="Fair.", actor=stage.presiding(row)
    )

    assert str(_seat(row).arbitrator) == "Bo Lind"


def test_once_to_each_arbitrator_and_only_while_it_is_undecided(
    people: People, row: Referral
) -> None:
    made = _objection(people, row)
    with pytest.raises(IllegalMove):
        _objection(people, row)
    objections.decide(objection=made, upheld=False, answer="No.", actor=people.head)
    with pytest.raises(IllegalMove):
        objections.decide(objection=made, upheld=True, answer="Y", actor=people.head)
    for stranger in (people.other_customer, people.outsider, people.security):
        with pytest.raises((NotPermitted, NotVisible)):
            objections.object_to(
                referral=row, seat=_seat(row), reason="No.", actor=stranger
            )


def test_pages_of_an_objection(people: People, row: Referral, client: Client) -> None:
    """Said by the customer in the portal, decided at the desk."""
    case, number = row.complaint, row.appeal_id
    client.force_login(people.customer)
    page = reverse("appeals:outside-reject", args=(case.reference, number, 1))
    assert client.get(page).status_code == 200
    assert client.post(page, {"text": ""}).status_code == 422
    assert client.post(page, {"text": REASON}).status_code == 302
    shown = client.get(reverse("appeals:appeal", args=(case.reference, number)))
    assert REASON in shown.content.decode()

    made = row.objections.get()
    client.force_login(people.appeals)
    desk = reverse("admin:appeals_appeal_outside_objection", args=(number, made.pk))
    assert REASON in client.get(desk).content.decode()
    client.post(desk, {"upheld": "yes", "answer": "She did."})

    made.refresh_from_db()
    assert (made.upheld, made.answer) == (True, "She did.")
    assert str(_seat(row).arbitrator) == "Bo Lind"
