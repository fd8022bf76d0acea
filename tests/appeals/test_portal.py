"""The customer's pages of an appeal, from lodging to the ruling that is read."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from appeals import consent
from appeals.models import Appeal
from appeals.services import new_since
from complaints.models import Complaint, Event, Outbox
from complaints.profiles import by_key
from complaints.services.access import issue_link
from complaints.states import AppealState, State, Step
from complaints.workflow import perform
from tests.appeals import walk
from tests.people import People


@pytest.fixture
def case(people: People, case_at: Any) -> Complaint:
    found: Complaint = case_at(State.ANSWERED)
    return found


def _as(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _url(case: Complaint, rest: str = "") -> str:
    return f"/complaints/{case.reference}/appeal/{rest}"


def _post(**given: Any) -> dict[str, Any]:
    return {"kind_2": "remedy_too_small", "text_2": "It does not cover it."} | given


def test_form_asks_by_point_and_for_the_whole(people: People, case: Complaint) -> None:
    page = _as(people.customer).get(_url(case))

    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store, private"
    form = page.context["form"]
    assert list(form.points) == [1, 2, 0]
    assert "late_reason" not in form.fields
    assert "It should have been held" in page.content.decode()


def test_sending_lodges_and_leads_to_the_appeal(
    people: People, case: Complaint
) -> None:
    answer = _as(people.customer).post(
        _url(case), _post(desired_outcome="All of it.", statement="Six years.")
    )

    row = Appeal.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == _url(case, f"{row.pk}/")
    ground = row.grounds.select_related("point").get()
    assert (ground.kind, ground.point and ground.point.number) == (
        "remedy_too_small",
        2,
    )
    assert (row.desired_outcome, row.statement) == ("All of it.", "Six years.")


def test_new_file_comes_with_the_appeal_and_is_marked_new(
    people: People, case: Complaint
) -> None:
    file = SimpleUploadedFile("chat.txt", b"02:14 please freeze it")

    _as(people.customer).post(_url(case), _post(file_1=file))

    row = Appeal.objects.get()
    sealed = case.evidence.get()
    assert ("evidence", sealed.pk) in {(d.kind, d.object_id) for d in new_since(row)}
    assert not row.file.filter(kind="evidence").exists()


@pytest.mark.parametrize(
    ("post", "field"),
    [
        ({}, "__all__"),
        ({"kind_1": "facts_wrong"}, "text_1"),
        ({"text_1": "It is wrong."}, "kind_1"),
        ({"kind_1": "because", "text_1": "x"}, "kind_1"),
        ({"kind_0": "facts_wrong", "text_0": "x" * 20_001}, "text_0"),
        ({"kind_0": "refusal_wrong", "text_0": "x"}, "kind_0"),
    ],
    ids=["nothing", "no text", "no kind", "unknown", "huge", "wrong kind"],
)
def test_mistakes_are_named_and_nothing_typed_is_lost(
    post: dict[str, str], field: str, people: People, case: Complaint
) -> None:
    page = _as(people.customer).post(_url(case), post | {"statement": "Six years."})

    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert "Six years." in page.content.decode()
    assert "Error:" in page.content.decode()
    assert not Appeal.objects.exists()


def test_late_appeal_is_asked_for_its_reason(people: People, case: Complaint) -> None:
    case.clocks.filter(step=Step.APPEAL_WINDOW).update(due_at=case.received_at)
    client = _as(people.customer)
    page = client.post(_url(case), _post())
    assert "late_reason" in page.context["form"].errors

    client.post(_url(case), _post(late_reason="I was in hospital."))

    row = Appeal.objects.get()
    assert (row.in_time, row.late_reason) == (False, "I was in hospital.")


def test_refusal_is_appealed_without_points(people: People, case_at: Any) -> None:
    case = case_at(State.INADMISSIBLE)
    client = _as(people.customer)
    assert list(client.get(_url(case)).context["form"].points) == [0]

    client.post(_url(case), {"kind_0": "refusal_wrong", "text_0": "It is your firm."})

    assert Appeal.objects.get().is_against_refusal


def test_form_leads_to_the_appeal_that_is_alive(
    people: People, case: Complaint
) -> None:
    row = walk.appeal(case)

    answer = _as(people.customer).get(_url(case))

    assert answer["Location"] == _url(case, f"{row.pk}/")


def test_used_appeal_is_said_with_the_ways_outside(
    people: People, case: Complaint
) -> None:
    row = walk.at(people, AppealState.WITHDRAWN, case)

    page = _as(people.customer).get(_url(case))

    assert page.status_code == 409
    assert page.context["earlier"] == row
    assert "was appealed already" in page.content.decode()
    assert page.context["routes"]


def test_nothing_of_the_ruling_is_read_before_it(
    people: People, case: Complaint
) -> None:
    row = walk.reviewing(people, case)
    walk.answer_all(row)
    walk.write(row, "confirmed")

    text = _as(people.customer).get(_url(case, f"{row.pk}/")).content.decode()

    assert "Our ruling in one sentence" not in text
    assert "We looked at it again" not in text
    assert "Appeals_2" not in text


def test_ruling_is_read(people: People, case: Complaint) -> None:
    row = walk.ruled(people, case, "confirmed")

    page = _as(people.customer).get(_url(case, f"{row.pk}/"))

    text = page.content.decode()
    assert page.status_code == 200
    assert "Our ruling in one sentence" in text
    assert "We looked at it again" in text
    assert "The decision stays as it was." in text
    assert "Look at the hold first" not in text
    assert page.context["letter"] is not None
    assert page.context["letter"].kind == "ruling"


def test_late_one_reads_why_it_was_not_heard(people: People, case: Complaint) -> None:
    row = walk.at(people, AppealState.OUT_OF_TIME, case)

    page = _as(people.customer).get(_url(case, f"{row.pk}/"))

    assert "Two months ago." in page.content.decode()
    assert case.messages.get(direction="out").text == "Two months ago."


def test_withdrawing_asks_once_more(people: People, case: Complaint) -> None:
    row = walk.appeal(case)
    client = _as(people.customer)
    address = _url(case, f"{row.pk}/withdraw/")
    assert client.get(address).status_code == 200
    row.refresh_from_db()
    assert row.state == AppealState.LODGED

    client.post(address)

    row.refresh_from_db()
    assert row.state == AppealState.WITHDRAWN
    assert client.post(address).status_code == 409


def test_ruled_case_goes_outside_with_recorded_consent(
    people: People, case: Complaint
) -> None:
    row = walk.ruled(people, case, "confirmed")
    client = _as(people.customer)
    page, address = _url(case, f"{row.pk}/"), _url(case, f"{row.pk}/refer/")
    assert address in client.get(page).content.decode()
    routes = by_key(case.profile_key).routes_for("")
    asked = client.get(address).content.decode()
    assert all(f'value="{route.code}"' in asked for route in routes)

    assert f'name="words" value="{consent.VERSION}"' in asked
    stale = {"route": routes[0].code, "consent": "on", "words": "2025.1"}
    assert client.post(address, stale).status_code == 422

    given = {"route": routes[0].code, "consent": "on", "words": consent.VERSION}
    done = client.post(address, given)

    assert done["Location"] == page
    row.refresh_from_db()
    assert row.state == AppealState.REFERRED
    event = Event.objects.get(object_type="appeal", what="refer")
    assert event.payload == {**given, "consent": True}
    assert (event.actor, event.actor_role) == (people.customer, "customer")
    html = client.get(page).content.decode()
    assert f"you took it to: {routes[0].name}. You agreed to take part." in html
    assert address not in html
    told = case.outbox.filter(kind="staff", subject__contains="outside body")
    assert {mail.recipient for mail in told} == {
        people.appeals.email,
        walk.reviewer(row).email,
    }


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"consent": "on"}, "route"),
        ({"route": "moon", "consent": "on"}, "route"),
        ({"route": "eu-adr"}, "consent"),
    ],
)
def test_referral_asks_for_body_and_consent(
    posted: dict[str, str], field: str, people: People, case: Complaint
) -> None:
    row = walk.ruled(people, case, "confirmed")

    answer = _as(people.customer).post(_url(case, f"{row.pk}/refer/"), posted)

    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    row.refresh_from_db()
    assert row.state == AppealState.RULED


def test_appeal_that_is_not_ruled_cannot_go_outside(
    people: People, case: Complaint
) -> None:
    row = walk.appeal(case)
    client = _as(people.customer)

    answer = client.post(
        _url(case, f"{row.pk}/refer/"), {"route": "eu-adr", "consent": "on"}
    )

    assert answer.status_code == 409
    row.refresh_from_db()
    assert row.state == AppealState.LODGED


@pytest.mark.parametrize("rest", ["", "{pk}/", "{pk}/withdraw/", "{pk}/refer/"])
def test_strangers_get_nothing(rest: str, people: People, case: Complaint) -> None:
    row = walk.appeal(case)
    address = _url(case, rest.format(pk=row.pk))

    for user in (people.other_customer, people.outsider, people.security):
        assert _as(user).get(address).status_code == 404
        assert _as(user).post(address, _post()).status_code in (404, 405)
    assert Client().get(address)["Location"].startswith("/track/")
    row.refresh_from_db()
    assert row.state == AppealState.LODGED


def test_appeal_of_another_case_is_not_found(
    people: People, case: Complaint, case_at: Any
) -> None:
    other = walk.appeal(case_at(State.ANSWERED, by=people.other_customer))
    walk.appeal(case)

    for rest in (f"{other.pk}/", f"{other.pk}/withdraw/", f"{other.pk}/refer/"):
        assert _as(people.customer).get(_url(case, rest)).status_code == 404


def test_guest_appeals_by_the_link_to_the_address_on_file(
    people: People, case: Complaint
) -> None:
    case.customer.user = None
    case.customer.save()
    issue_link(complaint=case)

    body = Outbox.objects.get(kind="tracking_link").body
    token = body.split("/track/")[1].split("/")[0]
    client = Client()
    client.post(f"/track/{token}/")

    answer = client.post(_url(case), _post())

    row = Appeal.objects.get()
    assert answer["Location"] == _url(case, f"{row.pk}/")
    assert client.get(answer["Location"]).status_code == 200


def test_new_decision_is_linked_once_it_is_sent(
    people: People, case: Complaint
) -> None:
    from teams.system import system_actor
    from tests import cases

    row = walk.ruled(people, case, "varied")
    client = _as(people.customer)
    address = _url(case, f"{row.pk}/")
    assert "Read the new decision" not in client.get(address).content.decode()

    assert row.new_decision is not None
    cases.execute(people, row.new_decision.remedies.get())
    perform(case, "issue_decision", actor=system_actor())

    assert "Read the new decision" in client.get(address).content.decode()


def test_case_page_leads_to_its_newest_appeal(people: People, case: Complaint) -> None:
    client = _as(people.customer)
    assert client.get(_url(case, "latest/")).status_code == 404
    page = f"/complaints/{case.reference}/"
    assert "appeal/latest/" not in client.get(page).content.decode()

    row = walk.ruled(people, case, "confirmed")

    assert "appeal/latest/" in client.get(page).content.decode()
    assert client.get(_url(case, "latest/"))["Location"] == _url(case, f"{row.pk}/")
