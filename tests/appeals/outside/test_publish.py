"""An award is public once a second person has read exactly the words it has."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from appeals.models import PublishedAward, Referral
from appeals.services.outside.publish import publish, published, write_publication
from complaints.errors import (
    GuardRefused,
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from complaints.models import CaseAccess, Complaint
from complaints.states import AccessKind, Barrier, State
from tests.appeals.outside import stage
from tests.people import People

TEXT = "A hold was asked for and was not applied. The exchange pays the fees."


@pytest.fixture
def row(people: People, case_at: Any) -> Referral:
    return stage.awarded(people, case_at(State.ANSWERED))


def write(row: Referral, people: People, **given: Any) -> PublishedAward:
    words = {"title": "A hold that was not applied", "text": TEXT, **given}
    return write_publication(referral=row, actor=people.appeals, **words)


def codes(error: pytest.ExceptionInfo[GuardRefused]) -> list[str]:
    return [refusal.code for refusal in error.value.refusals]


def test_second_person_lets_out_what_they_read(people: People, row: Referral) -> None:
    made = write(row, people)
    assert published() == []
    publish(referral=row, seen_at=made.written_at, actor=people.appeals_2)
    [out] = published()
    assert (out.text, out.checked_by) == (TEXT, people.appeals_2)
    with pytest.raises(IllegalMove):
        publish(referral=row, seen_at=made.written_at, actor=people.appeals_2)
    with pytest.raises(IllegalMove):
        write(row, people, text="Other words.")


def test_who_wrote_it_does_not_check_it(people: People, row: Referral) -> None:
    made = write(row, people)
    with pytest.raises(GuardRefused) as error:
        publish(referral=row, seen_at=made.written_at, actor=people.appeals)
    assert codes(error) == ["own_text"]
    assert published() == []


def test_text_that_changed_is_read_again(people: People, row: Referral) -> None:
    read = write(row, people).written_at
    write(row, people, text=f"{TEXT} And more.")
    with pytest.raises(GuardRefused) as error:
        publish(referral=row, seen_at=read, actor=people.appeals_2)
    assert codes(error) == ["text_changed"]
    assert published() == []


@pytest.mark.parametrize("where", ["title", "text"])
@pytest.mark.parametrize("name", ["reference", "first_name", "mail", "wallet"])
def test_what_names_somebody_is_refused(
    people: People, row: Referral, where: str, name: str
) -> None:
    named = {
        "reference": str(row.complaint.reference),
        "first_name": row.complaint.customer.first_name.upper(),
        "mail": "ann@people.example",
        "wallet": "0x" + "ab" * 20,
    }[name]
    assert named
    with pytest.raises(GuardRefused) as error:
        write(row, people, **{where: f"About {named} it was said."})
    assert codes(error) == ["not_anonymous"]
    assert not PublishedAward.objects.exists()


def test_name_that_the_case_got_since_is_refused_too(
    people: People, row: Referral
) -> None:
    made = write(row, people, text="Somebody called Quillfeather asked for a hold.")
    party = row.complaint.customer
    party.last_name = "Quillfeather"
    party.save()
    with pytest.raises(GuardRefused) as error:
        publish(referral=row, seen_at=made.written_at, actor=people.appeals_2)
    assert codes(error) == ["not_anonymous"]


def test_nothing_is_published_of_a_case_behind_a_barrier(
    people: People, row: Referral
) -> None:
    made = write(row, people)
    Complaint.objects.filter(pk=row.complaint_id).update(barrier=Barrier.INSIDER)
    with pytest.raises(NotVisible):
        publish(referral=row, seen_at=made.written_at, actor=people.appeals_2)
    CaseAccess.objects.create(
        complaint=row.complaint,
        kind=AccessKind.BARRIER,
        user=people.appeals_2,
        granted_by=people.head,
        granted_at=timezone.now(),
    )
    with pytest.raises(NotPermitted):
        publish(referral=row, seen_at=made.written_at, actor=people.appeals_2)
    assert published() == []


def test_language_has_to_be_one_of_ours(people: People, row: Referral) -> None:
    with pytest.raises(InvalidInput) as error:
        write(row, people, language="xx")
    assert error.value.field == "language"


def test_press_is_about_the_text_on_the_page(
    people: People, row: Referral, client: Client
) -> None:
    made = write(row, people)
    press = f"/admin/appeals/appeal/{row.appeal_id}/outside/do/publish/"
    client.force_login(people.appeals_2)
    stale = (timezone.now().isoformat(), "2026-02-30T10:00:00Z", "2026-11-29T10:00:00")
    for seen in ("", *stale):
        client.post(press, {"seen": seen})
        assert published() == []
    client.post(press, {"seen": made.written_at.isoformat()})
    assert [one.pk for one in published()] == [made.pk]
