"""The customer's card at the desk: who reads it, who joins and parts, what it shows."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint, Contact, Event, Party, PartyMerge
from complaints.services import identity, intake
from complaints.services.intake import Filing, guest_party, party_of_user
from teams.models import User
from teams.system import system_actor
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db
MAILBOX = "customer@people.example"


def proven(party: Party, value: str = MAILBOX) -> None:
    Contact.objects.update_or_create(
        party=party,
        kind="email",
        value=value,
        defaults={"proved_at": timezone.now(), "proof": "test"},
    )


def two_records(people: People) -> tuple[Complaint, Complaint]:
    """The case of the customer, and one that they filed as a guest."""
    mine = cases.filed(people)
    proven(mine.customer)
    guest = guest_party(email=MAILBOX, name="Ada the guest")
    proven(guest)
    filing = Filing(
        customer=guest, channel="email", subject="Also", description="And that."
    )
    other = intake.file_complaint(filing=filing, actor=system_actor("channel:email"))
    return mine, other


def page(user: User, path: str, data: dict[str, str] | None = None) -> Any:
    client = Client()
    client.force_login(user)
    url = f"/admin/complaints/complaint/{path}"
    return client.get(url) if data is None else client.post(url, data)


def test_lead_joins_and_parts_with_reasons(people: People) -> None:
    mine, other = two_records(people)
    lead = people.support_lead
    card = page(lead, f"{mine.pk}/customer/").content.decode()
    assert "Ada the guest" in card
    assert f"/customer/merge/{other.customer_id}/" in card

    preview = page(lead, f"{mine.pk}/customer/merge/{other.customer_id}/")
    assert other.reference in preview.content.decode()
    assert not PartyMerge.objects.exists()

    data = {"reason": "Both prove to read one mailbox."}
    done = page(lead, f"{mine.pk}/customer/merge/{other.customer_id}/", data)
    assert done.status_code == 302
    assert [str(m) for m in get_messages(done.wsgi_request)] == [
        "They are one customer now."
    ]
    other.refresh_from_db()
    assert other.customer == mine.customer

    row = PartyMerge.objects.get()
    card = page(lead, f"{mine.pk}/customer/").content.decode()
    assert "Both prove to read one mailbox." in card
    back = page(lead, f"{mine.pk}/customer/part/{row.pk}/", {"reason": "Two people."})
    assert back.status_code == 302
    other.refresh_from_db()
    assert other.customer == row.absorbed


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2_001])
def test_without_a_fitting_reason_nothing_is_done(people: People, reason: str) -> None:
    mine, other = two_records(people)
    path = f"{mine.pk}/customer/merge/{other.customer_id}/"
    response = page(people.support_lead, path, {"reason": reason})

    assert response.status_code == 422
    assert b'id="id_reason"' in response.content
    assert not PartyMerge.objects.exists()


def test_what_cannot_be_joined_is_said_instead_of_a_form(people: People) -> None:
    mine = cases.filed(people)
    theirs = cases.filed(people, by=people.other_customer)
    for case in (mine, theirs):
        proven(case.customer)
    path = f"{mine.pk}/customer/merge/{theirs.customer_id}/"
    text = page(people.support_lead, path).content.decode()

    assert "Both can sign in." in text
    assert "Join them" not in text
    assert page(people.support_lead, path, {"reason": "x"}).status_code == 200
    assert not PartyMerge.objects.exists()


@pytest.mark.parametrize(
    ("name", "card", "merge"),
    [
        ("support_lead", 200, 200),
        ("support", 200, 403),
        ("security", 404, 403),
        ("reviewer", 200, 403),
        ("compliance_officer", 404, 404),
        ("admin", 404, 403),
    ],
)
def test_who_comes_to_which_page(
    people: People, name: str, card: int, merge: int
) -> None:
    """The case is with support still; the lead of support says whose it is."""
    mine, other = two_records(people)
    user = people.all()[name]

    assert page(user, f"{mine.pk}/customer/").status_code == card
    path = f"{mine.pk}/customer/merge/{other.customer_id}/"
    assert page(user, path).status_code == merge
    assert page(user, path, {"reason": ""}).status_code == (
        422 if merge == 200 else merge
    )


def test_lead_keeps_the_card_when_the_case_is_elsewhere(people: People) -> None:
    mine, _other = two_records(people)
    cases.admit(people, mine)
    assert page(people.support_lead, f"{mine.pk}/customer/").status_code == 200
    status = page(people.support_lead, f"{mine.pk}/status/").content.decode()
    assert f"/{mine.pk}/customer/" in status
    assert f"/{mine.pk}/customer/" not in (
        page(people.support, f"{mine.pk}/status/").content.decode()
    )
    assert page(people.support, f"{mine.pk}/customer/").status_code == 404


def test_record_with_barred_cases_alone_is_not_there(people: People) -> None:
    mine, other = two_records(people)
    Complaint.objects.filter(pk=other.pk).update(barrier="suspicion")
    lead = people.support_lead

    assert "Ada the guest" not in page(lead, f"{mine.pk}/customer/").content.decode()
    path = f"{mine.pk}/customer/merge/{other.customer_id}/"
    assert page(lead, path).status_code == 404
    assert page(lead, path, {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("number", [0, 99_999_999, 10**30])
def test_no_such_record(people: People, number: int) -> None:
    mine, _other = two_records(people)
    for what in ("merge", "part"):
        path = f"{mine.pk}/customer/{what}/{number}/"
        assert page(people.support_lead, path).status_code == 404


def test_record_is_not_joined_with_itself_or_an_erased_one(people: People) -> None:
    mine, other = two_records(people)
    Party.objects.filter(pk=other.customer_id).update(erased_at=timezone.now())

    for number in (mine.customer_id, other.customer_id):
        path = f"{mine.pk}/customer/merge/{number}/"
        assert page(people.support_lead, path).status_code == 404
        assert page(people.support_lead, path, {"reason": "x"}).status_code == 404


def test_record_of_nobody_proven_is_not_offered(people: People) -> None:
    mine, _other = two_records(people)
    stranger = guest_party(email=MAILBOX)
    path = f"{mine.pk}/customer/merge/{stranger.pk}/"
    assert page(people.support_lead, path).status_code == 404


def test_merger_of_others_is_not_undone_from_here(people: People) -> None:
    mine, other = two_records(people)
    row = identity.merge(
        one=mine.customer,
        other=other.customer,
        reason="One.",
        actor=people.support_lead,
    )
    theirs = cases.filed(people, by=people.other_customer)
    path = f"{theirs.pk}/customer/part/{row.pk}/"
    assert page(people.support_lead, path, {"reason": "x"}).status_code == 404
    assert PartyMerge.objects.get().undone_at is None


def test_looking_is_on_the_ledger_of_reads(people: People) -> None:
    mine, _other = two_records(people)
    page(people.support_lead, f"{mine.pk}/customer/")
    event = Event.objects.get(stream=f"reads:{mine.pk}")
    assert (event.what, event.actor) == ("status_opened", people.support_lead)


def test_what_others_typed_is_escaped(people: People) -> None:
    mine, other = two_records(people)
    Party.objects.filter(pk=other.customer_id).update(last_name="<script>x</script>")
    for path in ("customer/", f"customer/merge/{other.customer_id}/"):
        text = page(people.support_lead, f"{mine.pk}/{path}").content.decode()
        assert "<script>x" not in text
        assert "&lt;script&gt;x" in text


def test_staff_do_not_join_their_own_record(people: People) -> None:
    mine, other = two_records(people)
    own = party_of_user(people.support_lead)
    proven(own)
    path = f"{mine.pk}/customer/merge/{own.pk}/"
    assert page(people.support_lead, path).status_code == 403
    del other
